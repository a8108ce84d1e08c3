package mnist

import (
	"bytes"
	_ "embed" // for the data set
	"fmt"
)

// The four IDX files of MNIST, compressed by gen.go. Byte slices, unlike an
// embed.FS, are decoded without being copied first.
var (
	//go:embed data/train-images-idx3-ubyte.zst
	trainImages []byte
	//go:embed data/train-labels-idx1-ubyte.zst
	trainLabels []byte
	//go:embed data/t10k-images-idx3-ubyte.zst
	testImages []byte
	//go:embed data/t10k-labels-idx1-ubyte.zst
	testLabels []byte
)

// Load returns the MNIST data set that is part of this package: 60,000
// training and 10,000 test images of 28×28 pixels, in 10 classes. Each call
// decodes a copy of its own, of 55 MB; an error means a damaged program.
func Load() (Data, error) {
	train, err := loadSet(trainImages, trainLabels)
	if err != nil {
		return Data{}, fmt.Errorf("mnist: embedded training set: %w", err)
	}
	test, err := loadSet(testImages, testLabels)
	if err != nil {
		return Data{}, fmt.Errorf("mnist: embedded test set: %w", err)
	}
	return Data{Train: train, Test: test, Classes: 10}, nil
}

// loadSet decodes one compressed pair of files.
func loadSet(images, labels []byte) (Set, error) {
	x, err := loadArray(images)
	if err != nil {
		return Set{}, err
	}
	y, err := loadArray(labels)
	if err != nil {
		return Set{}, err
	}
	return newSet(x, y)
}

// loadArray decodes a compressed IDX file. The array keeps the memory that
// the file was decoded into.
func loadArray(z []byte) (array, error) {
	file, err := expand(z)
	if err != nil {
		return array{}, err
	}
	r := bytes.NewReader(file)
	h, err := readHeader(r)
	if err != nil {
		return array{}, err
	}
	if err := h.checkSize(int64(len(file))); err != nil {
		return array{}, err
	}
	return array{dims: h.dims, data: file[h.bytes():]}, nil
}
