package mnist

import (
	"bytes"
	"testing"
)

// FuzzReadArray checks that a reader takes a stream only as a whole, and
// neither panics nor allocates on the word of a header.
func FuzzReadArray(f *testing.F) {
	f.Add(idxFile(2, 3, 4))
	f.Add(idxFile(5))
	f.Add(idxFile(1, 1, 1, 1, 1))
	f.Add(idxFile(2, 3, 4)[:20])
	f.Add(append(idxFile(2, 3, 4), 1))
	f.Add(idxHeader(1<<32-1, 1<<32-1, 1<<32-1))
	f.Add(idxHeader(0, 28, 28))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, file []byte) {
		pixels, height, width, err := ReadImages(bytes.NewReader(file))
		if err == nil && (height < 1 || width < 1 || len(pixels) < 1 || len(pixels)%(height*width) != 0) {
			t.Errorf("%d pixels of %d×%d images", len(pixels), height, width)
		}
		if err == nil && !bytes.HasSuffix(file, pixels) {
			t.Error("the pixels are not those of the file")
		}
		labels, err := ReadLabels(bytes.NewReader(file))
		if err == nil && !bytes.Equal(file, labelFile(labels...)) {
			t.Error("the labels are not those of the file")
		}
	})
}

// FuzzReadGzip checks the same of gzipped files.
func FuzzReadGzip(f *testing.F) {
	f.Add(zip(f, idxFile(2, 3, 4)))
	f.Add(zip(f, idxFile(2, 3, 4))[:20])
	f.Add(zip(f, idxHeader(1<<32-1, 1<<32-1, 1<<32-1)))
	f.Add(idxFile(2, 3, 4))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := readGzip(bytes.NewReader(file), int64(len(file)))
		if err == nil && (len(a.dims) < 1 || len(a.data) < 1) {
			t.Errorf("%d elements of dimensions %d", len(a.data), a.dims)
		}
	})
}
