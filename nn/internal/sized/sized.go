// Package sized finds out how long a file is before memory is taken for what it
// says of itself.
package sized

import (
	"bytes"
	"io"
	"io/fs"
	"os"
)

// A Reader reads what a reader has left, and knows how much that is.
type Reader struct {
	io.Reader
	Size int64
	temp *os.File // that it is in; nil: none
	gone bool     // the name of temp is
}

// inMemory is what is kept in memory of a reader that does not know its length.
const inMemory = 1 << 20

// New returns what r has left. If r does not tell how much that is, by a method
// Len or as an io.Seeker, New copies it, but not more than that many bytes: to
// memory if it is little, otherwise to a temporary file. Memory is for what is
// made of a file: weights of 16 bits become twice as large, and there is to be no
// memory for any of them before all are known to be there.
func New(r io.Reader, most int64) (*Reader, error) {
	if size, ok := remaining(r); ok {
		return &Reader{Reader: r, Size: size}, nil
	}
	begin, err := io.ReadAll(io.LimitReader(r, min(most, inMemory)))
	if err != nil {
		return nil, err
	}
	if len(begin) < inMemory {
		return &Reader{Reader: bytes.NewReader(begin), Size: int64(len(begin))}, nil
	}
	return store(io.LimitReader(io.MultiReader(bytes.NewReader(begin), r), most))
}

// store copies a reader to a temporary file.
func store(r io.Reader) (*Reader, error) {
	f, err := os.CreateTemp("", "mnist-fast-")
	if err != nil {
		return nil, err
	}
	s := &Reader{Reader: f, temp: f}
	s.gone = os.Remove(f.Name()) == nil // most systems let it go on without its name
	if s.Size, err = io.Copy(f, r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close removes the temporary file, if there is one.
func (s *Reader) Close() error {
	if s.temp == nil {
		return nil
	}
	err := s.temp.Close()
	if !s.gone {
		err = os.Remove(s.temp.Name())
	}
	return err
}

// remaining is how many bytes r has left, if it tells.
func remaining(r io.Reader) (n int64, ok bool) {
	if r, ok := r.(interface{ Len() int }); ok {
		return int64(r.Len()), true
	}
	if f, ok := r.(fs.File); ok { // a device can be sought, but has no end
		if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
			return 0, false
		}
	}
	s, ok := r.(io.Seeker)
	if !ok {
		return 0, false
	}
	at, err := s.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, false
	}
	end, err := s.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, false
	}
	_, err = s.Seek(at, io.SeekStart)
	return max(0, end-at), err == nil
}
