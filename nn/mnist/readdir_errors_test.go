package mnist

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// denied is a file system that refuses to open one name. Unlike the mode of
// a file, it refuses root too.
type denied struct {
	fs.FS
	name string
}

func (d denied) Open(name string) (fs.File, error) {
	if name == d.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestReadDirReportsMissingPermission(t *testing.T) {
	for _, name := range []string{".", trainX, testY} {
		_, err := readFS(denied{smallFolder().fs(), name})
		if !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: error %v, want fs.ErrPermission", name, err)
		} else if !strings.Contains(err.Error(), name) {
			t.Errorf("error %q does not name %s", err, name)
		}
	}
}

func TestReadDirReportsWhichFileIsMissing(t *testing.T) {
	for _, name := range []string{trainX, trainY, testX, testY} {
		_, err := readFS(smallFolder().without(name).fs())
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("without %s: error %v, want fs.ErrNotExist", name, err)
			continue
		}
		kind := strings.TrimSuffix(strings.TrimSuffix(name, "-idx3-ubyte"), "-idx1-ubyte")
		if !strings.Contains(err.Error(), "no file "+kind) {
			t.Errorf("without %s: error %q does not say so", name, err)
		}
	}
}

func TestReadDirDoesNotMixDataSets(t *testing.T) {
	f := smallFolder().renamed("train", "a-train", "t10k", "b-t10k")
	_, err := readFS(f.fs())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "no file a-t10k-images") {
		t.Errorf("error %v, want that a-t10k-images… is missing", err)
	}
}

func TestReadDirRefusesBadContents(t *testing.T) {
	small := smallFolder()
	trainXZ := small.without(trainX)
	x := zip(t, small[trainX])
	flipped := bytes.Clone(x)
	flipped[len(flipped)-5] ^= 1 // in the checksum
	for _, test := range []struct {
		name  string
		files folder
		file  string
		want  string
	}{
		{"truncated", small.with(trainX, idxFile(4, 3, 5)[:70]), trainX, "truncated: 70 bytes, but its header promises 76"},
		{"trailing bytes", small.with(testX, append(idxFile(2, 3, 5), 0)), testX, "trailing bytes: 47 bytes, but its header promises 46"},
		{"empty file", small.with(trainY, nil), trainY, "truncated in its header"},
		{"text", small.with(testY, []byte("hello, world")), testY, "not an IDX file"},
		{"lying header", small.with(trainX, idxHeader(1<<32-1, 28, 28)), trainX, "header"},
		{"labels for images", small.with(trainX, labelFile(1, 2, 3, 4)), trainX, "images of rank 1"},
		{"images for labels", small.with(trainY, idxFile(4, 3, 5)), trainY, "labels of rank 3"},
		{"a label too few", small.with(trainY, labelFile(0, 1, 2)), trainX, "4 images but 3 labels"},
		{"a label too many", small.with(testY, labelFile(0, 1, 2)), testX, "2 images but 3 labels"},
		{"test images of another width", small.with(testX, idxFile(2, 3, 6)), testX, "3×6, but of 3×5"},
		{"test images of another height", small.with(testX, idxFile(2, 5, 3)), testX, "5×3, but of 3×5"},
		{"unknown test label", small.with(testY, labelFile(2, 3)), testY, "label 3 of image 1 is above 2"},
		{"two of a kind", small.with("train-images.idx3-ubyte", nil), trainX, "several files"},
		{"two data sets", small.with("my-train-images-idx3-ubyte", nil), trainX, "several files"},
		{"no gzip data", trainXZ.with(trainX+".gz", small[trainX]), trainX, "gzip: invalid header"},
		{"empty gzip file", trainXZ.with(trainX+".gz", nil), trainX, "incomplete gzip data"},
		{"gzip of nothing", trainXZ.with(trainX+".gz", zip(t, nil)), trainX, "truncated in its header"},
		{"truncated in gzip", trainXZ.with(trainX+".gz", x[:len(x)/2]), trainX, "truncated"},
		{"truncated checksum of gzip", trainXZ.with(trainX+".gz", x[:len(x)-1]), trainX, "incomplete gzip data"},
		{"wrong checksum of gzip", trainXZ.with(trainX+".gz", flipped), trainX, "gzip: invalid checksum"},
		{"corrupt gzip", trainXZ.with(trainX+".gz", append(x[:10:10], "\xff\xff\xff\xff\xff"...)), trainX, "flate: corrupt input"},
		{"trailing bytes after gzip", trainXZ.with(trainX+".gz", append(x[:len(x):len(x)], 1)), trainX, "incomplete gzip data"},
		{"trailing bytes in gzip", trainXZ.with(trainX+".gz", zip(t, append(idxFile(4, 3, 5), 0))), trainX, "trailing bytes"},
		{"huge promise in gzip", trainXZ.with(trainX+".gz", zip(t, idxHeader(1<<32-1, 28, 28))), trainX, "header"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readFS(test.files.fs())
			checkFormatError(t, "readFS", err, test.want)
			checkFormatError(t, "readFS", err, test.file)
		})
	}
}

func TestReadDirRefusesWhatIsNoRegularFile(t *testing.T) {
	fsys := smallFolder().fs()
	fsys[trainX].Mode |= fs.ModeNamedPipe
	_, err := readFS(fsys)
	checkFormatError(t, "readFS", err, trainX+": bad data: not a regular file")
}

func TestGzipBombIsReadUpToItsPromise(t *testing.T) {
	bomb := zip(t, append(idxHeader(10), make([]byte, 10<<20)...))
	r := bytes.NewReader(bomb)
	got := heap.Allocated(func() {
		_, err := readGzip(r, r.Size())
		checkFormatError(t, "readGzip", err, "trailing bytes")
	})
	if limit := uint64(1 << 20); got > limit {
		t.Errorf("%d bytes allocated, limit %d", got, limit)
	}
	if read := len(bomb) - r.Len(); read > len(bomb)/2 {
		t.Errorf("%d of %d bytes read", read, len(bomb))
	}
}

func TestReadDirAllocatesAFileOnce(t *testing.T) {
	noise := make([]byte, 2<<20) // gzip finds nothing to shrink
	if _, err := rand.NewChaCha8([32]byte{}).Read(noise); err != nil {
		t.Fatal(err)
	}
	file := append(idxHeader(uint32(len(noise)), 1), noise...)
	for name, data := range (folder{"x": file, "x.gz": zip(t, file)}) {
		fsys := folder{name: data}.fs()
		got := heap.Allocated(func() {
			if _, err := readFile(fsys, name); err != nil {
				t.Error(err)
			}
		})
		if limit := uint64(len(noise) + 1<<20); got > limit {
			t.Errorf("%s: %d bytes allocated for %d", name, got, len(noise))
		}
	}
}
