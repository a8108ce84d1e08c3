package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// loadData reads the data set in a folder, or else the one that is built in.
func loadData(dir string) (mnist.Data, error) {
	if dir == "" {
		return mnist.Load()
	}
	return mnist.ReadDir(dir)
}

// dataName names the data set for people.
func dataName(dir string) string {
	if dir == "" {
		return "MNIST (built in)"
	}
	return dir
}

// dataset is a set of images for a model of that many classes. As in the
// reference run, pixels are divided by 255 and labels are one-hot.
func dataset(s mnist.Set, classes int) nn.Dataset {
	return nn.Dataset{
		X: nn.Bytes{Data: s.Images, Columns: s.Features(), Divisor: 255},
		Y: nn.Labels{Of: s.Labels, Classes: classes},
	}
}

// split holds back the last share of the images, as Keras and nn.FitConfig do.
func split(s mnist.Set, share float64) (train, validation mnist.Set, err error) {
	n := int(float64(s.Len()) * (1 - share))
	if share > 0 && int(float64(s.Len())*share) == 0 {
		return s, s, fmt.Errorf("-validation %v: that is none of %d images", share, s.Len())
	}
	return s.Slice(0, n), s.Slice(n, s.Len()), nil
}
