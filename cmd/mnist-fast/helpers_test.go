package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// asMainEnv makes the test program behave as mnist-fast itself.
const asMainEnv = "MNIST_FAST_TEST_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMainEnv) != "" {
		main()
	}
	os.Exit(m.Run())
}

// An outcome is what became of a run of the command.
type outcome struct {
	status         int
	stdout, stderr string
}

// call runs the command with the arguments.
func call(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), append([]string{"mnist-fast"}, args...), strings.NewReader(""), &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// mustCall runs the command, which must not fail, and returns its output.
func mustCall(t *testing.T, args ...string) string {
	t.Helper()
	o := call(t, args...)
	if o.status != 0 || o.stderr != "" {
		t.Fatalf("%q: status %d, stderr %q", args, o.status, o.stderr)
	}
	return o.stdout
}

// mustFail checks that the command failed with one line about what is wrong.
func mustFail(t *testing.T, o outcome, status int, about string) {
	t.Helper()
	if o.status != status {
		t.Errorf("status %d, want %d (stderr %q)", o.status, status, o.stderr)
	}
	if !strings.HasPrefix(o.stderr, "mnist-fast: ") || strings.Count(o.stderr, "\n") != 1 || !strings.HasSuffix(o.stderr, "\n") {
		t.Errorf("stderr %q: want one line that starts with mnist-fast", o.stderr)
	}
	if !strings.Contains(o.stderr, about) {
		t.Errorf("stderr %q: want it to tell of %q", o.stderr, about)
	}
}

// jsonLines decodes lines of JSON.
func jsonLines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for line := range strings.Lines(text) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		lines = append(lines, m)
	}
	return lines
}

// loadMNIST decodes the data set once for all tests.
var loadMNIST = sync.OnceValues(mnist.Load)

const (
	smallTrain = 2000
	smallTest  = 500
)

// smallData returns a folder with the first images of MNIST.
func smallData(t *testing.T) string {
	t.Helper()
	data, err := loadMNIST()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeSet(t, dir, "train", data.Train.Slice(0, smallTrain))
	writeSet(t, dir, "t10k", data.Test.Slice(0, smallTest))
	return dir
}

// writeSet writes a set as two IDX files.
func writeSet(t *testing.T, dir, name string, s mnist.Set) {
	t.Helper()
	writeFile(t, filepath.Join(dir, name+"-images-idx3-ubyte"), idx(s.Images, s.Len(), s.Height, s.Width))
	writeFile(t, filepath.Join(dir, name+"-labels-idx1-ubyte"), idx(s.Labels, s.Len()))
}

// idx returns an IDX file whose header has those dimensions.
func idx(data []uint8, dims ...int) []byte {
	file := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		file = binary.BigEndian.AppendUint32(file, uint32(d))
	}
	return append(file, data...)
}

func writeFile(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// smallModel trains a model on a folder and returns its file.
func smallModel(t *testing.T, data string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "digits.model")
	mustCall(t, "-data", data, "-hidden", "32", "-epochs", "4", "-quiet", "-output", file)
	return file
}

// writePicture writes a test image of MNIST as PNG and returns its label.
func writePicture(t *testing.T, name string, i int) int {
	t.Helper()
	data, err := loadMNIST()
	if err != nil {
		t.Fatal(err)
	}
	s := data.Test.Slice(i, i+1)
	img := &image.Gray{Pix: s.Images, Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	writeFile(t, name, file.Bytes())
	return int(s.Labels[0])
}
