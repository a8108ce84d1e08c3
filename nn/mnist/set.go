package mnist

import "fmt"

// Set is a labelled set of images, as stored: image i is the Features bytes
// of Images from i*Features on, row by row, one byte a pixel from 0
// (background) to 255, and Labels[i] is its class.
type Set struct {
	Images        []uint8
	Labels        []uint8
	Height, Width int // of every image, in pixels
}

// Len returns the number of images.
func (s Set) Len() int { return len(s.Labels) }

// Features returns the number of pixels of an image.
func (s Set) Features() int { return s.Height * s.Width }

// Slice returns the images from i up to, but not including, j. It shares
// memory with s, and panics as a slice expression does unless
// 0 ≤ i ≤ j ≤ Len.
func (s Set) Slice(i, j int) Set {
	f := s.Features()
	s.Images, s.Labels = s.Images[i*f:j*f], s.Labels[i:j]
	return s
}

// Data is a training set and a test set of the same kind of images.
type Data struct {
	Train, Test Set
	Classes     int // labels are from 0 up to, but not including, Classes
}

// newSet pairs images with their labels.
func newSet(images, labels array) (Set, error) {
	if images.dims[0] != labels.dims[0] {
		return Set{}, fmt.Errorf("%w: %d images but %d labels", ErrFormat, images.dims[0], labels.dims[0])
	}
	height, width, err := images.imageSize()
	if err != nil {
		return Set{}, err
	}
	return Set{Images: images.data, Labels: labels.data, Height: height, Width: width}, nil
}
