package mnist

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

func TestReadImagesTakesTheShapeFromTheHeader(t *testing.T) {
	for _, test := range []struct {
		name             string
		dims             []uint32
		n, height, width int
	}{
		{"rank 2 is of height 1", []uint32{5, 7}, 5, 1, 7},
		{"rank 3", []uint32{5, 3, 4}, 5, 3, 4},
		{"rank 4 is flattened", []uint32{5, 3, 4, 2}, 5, 3, 8},
		{"rank 5 is flattened", []uint32{2, 3, 4, 2, 2}, 2, 3, 16},
		{"a single pixel", []uint32{1, 1, 1}, 1, 1, 1},
		{"larger than a first buffer", []uint32{3000, 30, 31}, 3000, 30, 31},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := idxFile(test.dims...)
			pixels, height, width, err := ReadImages(iotest.HalfReader(bytes.NewReader(file)))
			if err != nil {
				t.Fatal(err)
			}
			if height != test.height || width != test.width {
				t.Errorf("%d×%d, want %d×%d", height, width, test.height, test.width)
			}
			if !bytes.Equal(pixels, file[len(file)-test.n*height*width:]) {
				t.Error("the pixels are not those of the file")
			}
		})
	}
}

func TestReadLabelsReturnsThemAsStored(t *testing.T) {
	labels, err := ReadLabels(bytes.NewReader(labelFile(3, 1, 255, 0)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []uint8{3, 1, 255, 0}; !bytes.Equal(labels, want) {
		t.Errorf("labels %v, want %v", labels, want)
	}
}

func TestReadersRefuseBadContents(t *testing.T) {
	const huge = 1<<32 - 1
	good := idxFile(2, 3, 4)
	for _, test := range []struct {
		name, file, want string
	}{
		{"empty", "", "truncated in its header"},
		{"cut in the magic number", "\x00\x00\x08", "truncated in its header"},
		{"cut in the dimensions", string(good[:15]), "truncated in its header"},
		{"text", "hello, this is no IDX file", "not an IDX file: it starts with 68 65 6c 6c"},
		{"gzip data", "\x1f\x8b\x08\x00\x00\x00\x00\x00", "not an IDX file"},
		{"rank 0", "\x00\x00\x08\x00\x01", "not an IDX file"},
		{"signed bytes", "\x00\x00\x09\x01\x00\x00\x00\x01\x01", "type 0x09, want 0x08"},
		{"floats", "\x00\x00\x0d\x01\x00\x00\x00\x01\x01\x01\x01\x01", "type 0x0d, want 0x08"},
		{"no images", string(idxHeader(0, 28, 28)), "dimension 0 of the header is zero"},
		{"images of no width", string(idxHeader(3, 28, 0)), "dimension 2 of the header is zero"},
		{"overflow", string(idxHeader(huge, huge, huge, huge)), "overflow"},
		{"almost an overflow", string(idxHeader(huge, 1<<31, 1)), "header"},
		{"overflow, then zero", string(idxHeader(huge, huge, huge, 0)), "overflow"},
		{"no elements", string(good[:16]), "truncated: 0 elements, but its header promises 24"},
		{"one element short", string(good[:len(good)-1]), "truncated: 23 elements, but its header promises 24"},
		{"one byte long", string(good) + "x", "trailing bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, _, err := ReadImages(strings.NewReader(test.file))
			checkFormatError(t, "ReadImages", err, test.want)
			_, err = ReadLabels(strings.NewReader(test.file))
			checkFormatError(t, "ReadLabels", err, test.want)
		})
	}
}

func TestReadersRefuseTheOtherKindOfFile(t *testing.T) {
	_, _, _, err := ReadImages(bytes.NewReader(labelFile(1, 2, 3)))
	checkFormatError(t, "ReadImages of labels", err, "images of rank 1, want 2 or more")
	_, err = ReadLabels(bytes.NewReader(idxFile(2, 3, 4)))
	checkFormatError(t, "ReadLabels of images", err, "labels of rank 3, want 1")
}

func TestReadersPassOnTheErrorOfTheReader(t *testing.T) {
	file := idxFile(2, 3, 4)
	broken := errors.New("broken")
	for _, n := range []int{0, 10, 20, len(file)} {
		r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		if _, _, _, err := ReadImages(r); !errors.Is(err, broken) || errors.Is(err, ErrFormat) {
			t.Errorf("broken after %d bytes: error %v", n, err)
		}
	}
}

func TestLyingHeaderAllocatesLittle(t *testing.T) {
	for _, dims := range [][]uint32{
		{1 << 30},
		{1 << 20, 28, 28},
		{1 << 30, 1, 1},
	} {
		file := append(idxHeader(dims...), make([]byte, 1000)...)
		got := heap.Allocated(func() {
			_, err := readArray(bytes.NewReader(file))
			checkFormatError(t, "readArray", err, "truncated: 1000 elements")
		})
		if limit := uint64(2 << 20); got > limit {
			t.Errorf("dimensions %d: %d bytes allocated, limit %d", dims, got, limit)
		}
	}
}

func TestReadingAllocatesAtMostTwiceTheContents(t *testing.T) {
	for _, n := range []uint32{3 << 20, 4<<20 - 1, 4<<20 + 1} {
		file := idxFile(n)
		got := heap.Allocated(func() {
			if _, err := ReadLabels(bytes.NewReader(file)); err != nil {
				t.Error(err)
			}
		})
		if limit := 2*uint64(n) + 64<<10; got > limit {
			t.Errorf("%d elements: %d bytes allocated, limit %d", n, got, limit)
		}
	}
}

// checkFormatError checks that err is an ErrFormat that says want.
func checkFormatError(t *testing.T, what string, err error, want string) {
	t.Helper()
	if !errors.Is(err, ErrFormat) {
		t.Errorf("%s: error %v, want ErrFormat", what, err)
	} else if !strings.Contains(err.Error(), want) {
		t.Errorf("%s: error %q does not say %q", what, err, want)
	}
}
