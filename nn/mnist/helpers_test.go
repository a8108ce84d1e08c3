package mnist

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"
)

// idxHeader returns the header of an IDX file of unsigned bytes.
func idxHeader(dims ...uint32) []byte {
	h := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		h = binary.BigEndian.AppendUint32(h, d)
	}
	return h
}

// idxFile returns an IDX file whose elements count from 0 up, mod 256.
func idxFile(dims ...uint32) []byte {
	n := 1
	for _, d := range dims {
		n *= int(d)
	}
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i)
	}
	return append(idxHeader(dims...), data...)
}

// labelFile returns an IDX file of the labels.
func labelFile(labels ...uint8) []byte {
	return append(idxHeader(uint32(len(labels))), labels...)
}

// zip returns file gzipped.
func zip(t testing.TB, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// checkSet checks the size of s.
func checkSet(t *testing.T, name string, s Set, n, height, width int) {
	t.Helper()
	if s.Len() != n || s.Height != height || s.Width != width {
		t.Errorf("%s: %d images of %d×%d, want %d of %d×%d", name, s.Len(), s.Height, s.Width, n, height, width)
	}
	if len(s.Images) != n*height*width {
		t.Errorf("%s: %d pixels, want %d", name, len(s.Images), n*height*width)
	}
}
