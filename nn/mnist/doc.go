// Package mnist holds the MNIST data set of handwritten digits, and reads any
// other data set in its form.
//
// [Load] returns the 60,000 training and 10,000 test images, of 28×28 pixels,
// that are part of the package: no download, no files.
//
//	data, err := mnist.Load()
//	if err != nil {
//		return err
//	}
//	first := data.Train.Slice(0, 1)
//	fmt.Println(first.Labels[0], first.Images) // a 5, and its 784 pixels
//
// [ReadDir] reads another data set, such as Fashion-MNIST, from a folder, and
// [ReadImages] and [ReadLabels] read single files. All are in IDX form: a
// header with the size of each dimension, then the elements, row-major.
// Here an element is always an unsigned byte: a pixel, where 0 is the
// background and 255 is ink, or the label of an image.
//
// Package [github.com/mnist-fast/mnist-fast/nn/mnist/digit] brings a picture
// of a digit to the same form.
package mnist
