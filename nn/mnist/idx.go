package mnist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrFormat is wrapped by every error that tells of bad contents: of a stream
// or a file that is not what it should be, or of files that do not belong
// together.
var ErrFormat = errors.New("bad data")

// A header is the start of an IDX file of unsigned bytes.
type header struct {
	dims []int // rank at least 1, every size at least 1
	size int   // product of dims: the bytes that follow the header
}

// An array is the contents of an IDX file: data is row-major.
type array struct {
	dims []int
	data []uint8
}

// ReadImages reads a whole IDX stream of images: unsigned bytes of rank 3
// (image, row, column). Of rank 2, each row is an image of height 1; of rank
// 4 and above, a row of the image is everything below its first dimension.
// The pixels are as in [Set], for len(pixels)/(height*width) images.
//
// The error wraps [ErrFormat] unless it comes from r. Memory grows with what
// is read, whatever the header promises.
func ReadImages(r io.Reader) (pixels []uint8, height, width int, err error) {
	a, err := readArray(r)
	if err == nil {
		height, width, err = a.imageSize()
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("mnist: reading images: %w", err)
	}
	return a.data, height, width, nil
}

// ReadLabels reads a whole IDX stream of labels: unsigned bytes of rank 1.
// Its errors and its use of memory are those of [ReadImages].
func ReadLabels(r io.Reader) ([]uint8, error) {
	a, err := readArray(r)
	if err == nil {
		err = a.checkLabels()
	}
	if err != nil {
		return nil, fmt.Errorf("mnist: reading labels: %w", err)
	}
	return a.data, nil
}

func readArray(r io.Reader) (array, error) {
	h, err := readHeader(r)
	if err != nil {
		return array{}, err
	}
	return readBody(r, h, 0)
}

// readHeader reads the header of an IDX file: two zero bytes, the type of the
// elements, the rank, and each dimension as a big-endian uint32.
func readHeader(r io.Reader) (header, error) {
	const unsignedByte = 0x08
	var magic [4]byte
	if err := readHeaderPart(r, magic[:]); err != nil {
		return header{}, err
	}
	rank := int(magic[3])
	switch {
	case magic[0] != 0 || magic[1] != 0 || rank == 0:
		return header{}, fmt.Errorf("%w: not an IDX file: it starts with % x", ErrFormat, magic)
	case magic[2] != unsignedByte:
		return header{}, fmt.Errorf("%w: elements of type 0x%02x, want 0x%02x (unsigned byte)", ErrFormat, magic[2], unsignedByte)
	}
	raw := make([]byte, 4*rank)
	if err := readHeaderPart(r, raw); err != nil {
		return header{}, err
	}
	h := header{dims: make([]int, rank), size: 1}
	for i := range h.dims {
		d := uint64(binary.BigEndian.Uint32(raw[4*i:]))
		if d == 0 {
			return header{}, fmt.Errorf("%w: dimension %d of the header is zero", ErrFormat, i)
		}
		// Room is left for the header, so that lengths of files fit as well.
		if d > uint64(math.MaxInt-h.bytes())/uint64(h.size) {
			return header{}, fmt.Errorf("%w: the dimensions of the header overflow", ErrFormat)
		}
		h.dims[i] = int(d)
		h.size *= int(d)
	}
	return h, nil
}

// readHeaderPart fills p from r.
func readHeaderPart(r io.Reader, p []byte) error {
	_, err := io.ReadFull(r, p)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf("%w: truncated in its header", ErrFormat)
	}
	return err
}

// bytes returns the length of the header in the file.
func (h header) bytes() int { return 4 + 4*len(h.dims) }

// checkSize reports whether a file of the given size can be what h promises.
func (h header) checkSize(file int64) error {
	switch want := int64(h.bytes()) + int64(h.size); {
	case file < want:
		return fmt.Errorf("%w: truncated: %d bytes, but its header promises %d", ErrFormat, file, want)
	case file > want:
		return fmt.Errorf("%w: trailing bytes: %d bytes, but its header promises %d", ErrFormat, file, want)
	}
	return nil
}

// readBody reads what follows the header, up to and including the end of r.
// At most trusted bytes, or a small number, are allocated before as many
// were read: a header may lie.
func readBody(r io.Reader, h header, trusted int64) (array, error) {
	const small = 1 << 20
	// Halved, to be doubled while data comes: the last buffer is exact.
	size := h.size
	for int64(size) > max(trusted, small) {
		size = (size + 1) / 2
	}
	buf := alloc(size)
	have := 0
	for {
		n, err := io.ReadFull(r, buf[have:])
		have += n
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return array{}, fmt.Errorf("%w: truncated: %d elements, but its header promises %d", ErrFormat, have, h.size)
		case err != nil:
			return array{}, err
		case have == h.size:
			return array{dims: h.dims, data: buf}, readEnd(r)
		}
		grown := alloc(have + min(have, h.size-have))
		copy(grown, buf)
		buf = grown
	}
}

// readEnd checks that r is at its end.
func readEnd(r io.Reader) error {
	var extra [1]byte
	switch _, err := io.ReadFull(r, extra[:]); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%w: trailing bytes after what its header promises", ErrFormat)
	default:
		return err
	}
}

// imageSize returns the size of an image in an array of images.
func (a array) imageSize() (height, width int, err error) {
	switch len(a.dims) {
	case 1:
		return 0, 0, fmt.Errorf("%w: images of rank 1, want 2 or more", ErrFormat)
	case 2:
		return 1, a.dims[1], nil
	default:
		height = a.dims[1]
		return height, len(a.data) / (a.dims[0] * height), nil
	}
}

// checkLabels reports whether a can be labels.
func (a array) checkLabels() error {
	if len(a.dims) != 1 {
		return fmt.Errorf("%w: labels of rank %d, want 1", ErrFormat, len(a.dims))
	}
	return nil
}
