package mnist

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"runtime"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

func TestEmbeddedFilesAreTheCanonicalOnes(t *testing.T) {
	for _, test := range []struct {
		name   string
		z      []byte
		sha256 string
	}{
		{"train images", trainImages, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
		{"train labels", trainLabels, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
		{"test images", testImages, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
		{"test labels", testLabels, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := expand(test.z)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(file)
			if got := hex.EncodeToString(sum[:]); got != test.sha256 {
				t.Errorf("SHA-256 %s, want %s", got, test.sha256)
			}
		})
	}
}

func TestLoadReturnsTheWholeDataSet(t *testing.T) {
	d, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if d.Classes != 10 {
		t.Errorf("%d classes, want 10", d.Classes)
	}
	checkSet(t, "train", d.Train, 60_000, 28, 28)
	checkSet(t, "test", d.Test, 10_000, 28, 28)
}

func TestLoadHoldsThePixelsOnce(t *testing.T) {
	const pixels = 70_000 * 28 * 28
	slack := uint64(2+runtime.GOMAXPROCS(0)) << 20 // a decoder per processor
	got := heap.Allocated(func() {
		if _, err := Load(); err != nil {
			t.Error(err)
		}
	})
	if got > pixels+slack {
		t.Errorf("Load allocated %d bytes for %d of pixels", got, pixels)
	}
}

func TestExpandRefusesDamagedFrames(t *testing.T) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true))
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	whole := enc.EncodeAll([]byte("some bytes, some more bytes, and some more"), nil)
	unsized := streamed(t, enc)

	if _, err := expand(whole); err != nil {
		t.Errorf("a whole frame: %v", err)
	}
	for _, test := range []struct {
		name string
		z    []byte
	}{
		{"not zstd", []byte("not zstd at all")},
		{"cut in its header", whole[:3]},
		{"cut in a block header", whole[:8]},
		{"cut in a block", whole[:len(whole)-1]},
		{"trailing bytes", append(whole[:len(whole):len(whole)], 1, 2, 3)},
		{"no size", unsized},
	} {
		if _, err := expand(test.z); err == nil {
			t.Errorf("%s: no error", test.name)
		}
	}
}

// streamed returns a frame that does not state its size.
func streamed(t *testing.T, enc *zstd.Encoder) []byte {
	t.Helper()
	var w bytes.Buffer
	enc.Reset(&w)
	for range 100 {
		if _, err := enc.Write(make([]byte, 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}
