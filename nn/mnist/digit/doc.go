// Package digit turns a picture of a handwritten digit, such as a scan or a
// drawing, into the form of the MNIST data set, for a network that was
// trained on it.
//
// [Decode] reads a PNG or JPEG file that need not be trusted, and [Prepare]
// finds the digit in it:
//
//	img, err := digit.Decode(file)
//	if err != nil {
//		return err
//	}
//	pixels, err := digit.Prepare(img, 28, 28)
//	if err != nil {
//		return err
//	}
//
// A picture should show one digit, upright, on a plain background.
package digit
