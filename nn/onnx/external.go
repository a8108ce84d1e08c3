package onnx

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
)

// fetch reads the numbers of a tensor that are in another file.
func (c *chain) fetch(t *tensor) error {
	if t.external == nil || t.data != nil {
		return nil
	}
	location := t.external["location"]
	if c.folder == nil {
		return fmt.Errorf("tensor %q is in another file, %q: only ImportFile reads it", t.name, location)
	}
	data, err := c.readPart(location, t.external["offset"], t.external["length"])
	if err != nil {
		return fmt.Errorf("tensor %q in %q: %w", t.name, location, err)
	}
	t.data = data
	return nil
}

// readPart reads a part of a file in the folder, by default all of it.
func (c *chain) readPart(name, offset, length string) ([]byte, error) {
	f, err := c.folder.Open(name) // nothing outside
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	at, err := number(offset, 0)
	if err != nil {
		return nil, err
	}
	size, err := number(length, info.Size()-at)
	if err != nil {
		return nil, err
	}
	if at < 0 || size < 0 || at > info.Size() || size > info.Size()-at {
		return nil, fmt.Errorf("%d bytes from %d on, but the file has %d", size, at, info.Size())
	}
	if err := c.take(info, size); err != nil {
		return nil, err
	}
	data := make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(f, at, size), data)
	return data, err
}

// An otherFile is one that has numbers of the model.
type otherFile struct {
	info  os.FileInfo
	taken int64 // bytes
}

// take fails if more is taken of a file than it has, by whatever names.
func (c *chain) take(info os.FileInfo, size int64) error {
	i := slices.IndexFunc(c.others, func(f otherFile) bool { return os.SameFile(f.info, info) })
	if i < 0 {
		i = len(c.others)
		c.others = append(c.others, otherFile{info: info})
	}
	if c.others[i].taken += size; c.others[i].taken > info.Size() {
		return errors.New("more numbers than the file has: parts of it overlap")
	}
	return nil
}

// number parses a number, or takes what it is by default.
func number(s string, or int64) (int64, error) {
	if s == "" {
		return or, nil
	}
	return strconv.ParseInt(s, 10, 64)
}
