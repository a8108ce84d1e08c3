package mnist

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
)

// ReadDir reads the data set whose four IDX files are in the folder dir,
// such as MNIST, Fashion-MNIST, KMNIST, or one of EMNIST. The files bear
// their usual names, and may be gzipped:
//
//	train-images-idx3-ubyte  train-labels-idx1-ubyte
//	t10k-images-idx3-ubyte   t10k-labels-idx1-ubyte
//
// The dash before idx may be a dot, t10k may be test, and all may start with a
// common prefix that ends in a dash. When a file is there both plain and
// gzipped, the plain one is read. Images may be of any size, see
// [ReadImages]; the number of classes is the largest training label plus one.
// Pixels are returned as stored, which in EMNIST is with rows and columns
// swapped. A gzipped file of over 4 GiB of them must be decompressed first.
//
// The error names the file and what is wrong with it. It wraps [ErrFormat]
// when that is the contents, and else the error of package io/fs:
// fs.ErrNotExist when a file, or the folder, is missing.
func ReadDir(dir string) (Data, error) {
	d, err := readFS(os.DirFS(dir))
	if failed, ok := err.(*fs.PathError); ok && failed.Path == "." {
		err = failed.Err // the folder has a better name
	}
	if err != nil {
		return Data{}, fmt.Errorf("mnist: folder %s: %w", dir, err)
	}
	return d, nil
}

func readFS(fsys fs.FS) (Data, error) {
	names, err := findFiles(fsys)
	if err != nil {
		return Data{}, err
	}
	train, err := readSet(fsys, names.trainImages, names.trainLabels)
	if err != nil {
		return Data{}, err
	}
	test, err := readSet(fsys, names.testImages, names.testLabels)
	if err != nil {
		return Data{}, err
	}
	if test.Height != train.Height || test.Width != train.Width {
		return Data{}, fmt.Errorf("%s: %w: images of %d×%d, but of %d×%d in %s", names.testImages,
			ErrFormat, test.Height, test.Width, train.Height, train.Width, names.trainImages)
	}
	largest := slices.Max(train.Labels)
	if i := slices.IndexFunc(test.Labels, func(l uint8) bool { return l > largest }); i >= 0 {
		return Data{}, fmt.Errorf("%s: %w: label %d of image %d is above %d, the largest in %s", names.testLabels,
			ErrFormat, test.Labels[i], i, largest, names.trainLabels)
	}
	return Data{Train: train, Test: test, Classes: int(largest) + 1}, nil
}

// readSet reads a file of images and the file of their labels.
func readSet(fsys fs.FS, imagesName, labelsName string) (Set, error) {
	labels, err := readFile(fsys, labelsName)
	if err == nil {
		err = labels.checkLabels()
	}
	if err != nil {
		return Set{}, fmt.Errorf("%s: %w", labelsName, err)
	}
	images, err := readFile(fsys, imagesName)
	if err != nil {
		return Set{}, fmt.Errorf("%s: %w", imagesName, err)
	}
	s, err := newSet(images, labels)
	if err != nil {
		return Set{}, fmt.Errorf("%s: %w", imagesName, err)
	}
	return s, nil
}

// readFile reads an IDX file, gzipped if its name says so.
func readFile(fsys fs.FS, name string) (array, error) {
	info, err := fs.Stat(fsys, name) // before Open, which waits on a named pipe
	if err != nil {
		return array{}, err
	}
	if !info.Mode().IsRegular() {
		return array{}, fmt.Errorf("%w: not a regular file", ErrFormat)
	}
	f, err := fsys.Open(name)
	if err != nil {
		return array{}, err
	}
	defer f.Close()
	if path.Ext(name) == ".gz" {
		a, err := readGzip(f, info.Size())
		return a, gzipFormat(err)
	}
	return readPlain(f, info.Size())
}

// readPlain reads an IDX file of known size.
func readPlain(r io.Reader, size int64) (array, error) {
	h, err := readHeader(r)
	if err != nil {
		return array{}, err
	}
	if err := h.checkSize(size); err != nil {
		return array{}, err
	}
	return readBody(r, h, size)
}

// readGzip reads a gzipped IDX file of known size.
func readGzip(r io.Reader, size int64) (array, error) {
	const (
		// Gzip makes a small file of even 4 GiB; only a plain file proves
		// by its size that a larger promise is meant.
		limit = 1 << 32
		// Images rarely shrink more, so a true header allocates once.
		usualRatio = 8
	)
	z, err := gzip.NewReader(r)
	if err != nil {
		return array{}, err
	}
	h, err := readHeader(z)
	if err != nil {
		return array{}, err
	}
	if int64(h.size) > limit {
		return array{}, fmt.Errorf("%w: its header promises %d bytes; decompress a file this large first", ErrFormat, h.size)
	}
	return readBody(z, h, usualRatio*size)
}

// gzipFormat makes the errors of damaged gzip data wrap [ErrFormat].
func gzipFormat(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return fmt.Errorf("%w: %w", ErrFormat, err)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return fmt.Errorf("%w: incomplete gzip data", ErrFormat)
	}
	return err
}
