package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

func TestBadData(t *testing.T) {
	const images, labels = "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
	tests := []struct {
		name   string
		damage func(dir string) error
		about  string
	}{
		{"missing folder", os.RemoveAll, "folder"},
		{"missing file", func(dir string) error { return os.Remove(filepath.Join(dir, labels)) }, "labels"},
		{"lying header", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, images), idx([]byte{1, 2, 3}, 1<<30, 28, 28), 0o600)
		}, images},
		{"truncated", func(dir string) error { return os.Truncate(filepath.Join(dir, images), 5000) }, images},
		{"empty file", func(dir string) error { return os.Truncate(filepath.Join(dir, images), 0) }, images},
		{"fewer labels", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, labels), idx([]byte{1, 2, 3}, 3), 0o600)
		}, "3 labels"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := smallData(t)
			if err := test.damage(dir); err != nil {
				t.Fatal(err)
			}
			mustFail(t, call(t, "-data", dir, "-epochs", "1"), exitFailure, test.about)
		})
	}
	mustFail(t, call(t, "-data", t.TempDir()), exitFailure, "folder")
}

func TestBadModel(t *testing.T) {
	data := smallData(t)
	model, err := os.ReadFile(smallModel(t, data))
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(model)
	flipped[len(flipped)-5] ^= 1
	for name, file := range map[string][]byte{
		"empty":     {},
		"text":      []byte("this is not a model, but a text"),
		"truncated": model[:len(model)/2],
		"longer":    append(slices.Clone(model), 0),
		"corrupted": flipped,
		"future":    bytes.Replace(model, []byte(`"version":"1"`), []byte(`"version":"9"`), 1),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name+".model")
			writeFile(t, path, file)
			mustFail(t, call(t, "eval", "-model", path, "-data", data), exitFailure, path)
			mustFail(t, call(t, "predict", "-model", path, "x.png"), exitFailure, path)
		})
	}
	mustFail(t, call(t, "eval", "-model", "nowhere.model"), exitFailure, "nowhere.model")
}

// TestOtherArchitecture scores a model on images of another size, and on more
// classes than it has.
func TestOtherArchitecture(t *testing.T) {
	model := smallModel(t, smallData(t))
	for name, s := range map[string]mnist.Set{
		"27 classes": {Images: make([]uint8, 27*784), Labels: make([]uint8, 27), Height: 28, Width: 28},
		"6 pixels":   {Images: make([]uint8, 60), Labels: make([]uint8, 10), Height: 2, Width: 3},
	} {
		for i := range s.Labels {
			s.Labels[i] = uint8(i)
		}
		dir := t.TempDir()
		writeSet(t, dir, "train", s)
		writeSet(t, dir, "t10k", s)
		mustFail(t, call(t, "eval", "-model", model, "-data", dir), exitFailure, name)
		if name == "6 pixels" {
			mustFail(t, call(t, "predict", "-model", smallModel(t, dir), "x.png"), exitFailure, "6 inputs")
		}
	}
}

func TestBadOutput(t *testing.T) {
	data, dir := smallData(t), t.TempDir()
	for _, output := range []string{dir, filepath.Join(dir, "nowhere", "digits.model"), filepath.Join(dir, strings.Repeat("n", 256))} {
		for _, args := range []string{"-output ", "-report ", "compare -plot "} {
			args += output
			if strings.HasPrefix(args, "compare") {
				args += ".png/c.png"
			}
			o := call(t, append(strings.Fields(args), "-data", data)...)
			mustFail(t, o, exitFailure, output)
			if o.stdout != "" {
				t.Errorf("%s: stdout %q: want the error before training", args, o.stdout)
			}
		}
	}
	mustFail(t, call(t, "-output", "-", "-data", data), exitFailure, "./-")
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("files were left: %v %v", entries, err)
	}
}

// fullDevice opens a file that takes nothing, or skips the test.
func fullDevice(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFullDisk(t *testing.T) {
	full := fullDevice(t)
	data, dir := smallData(t), t.TempDir()
	mustFail(t, call(t, "-data", data, "-epochs", "1", "-hidden", "8", "-output", full.Name()), exitFailure, full.Name())
	mustFail(t, call(t, "-data", data, "-epochs", "1", "-hidden", "8", "-report", full.Name()), exitFailure, full.Name())
	mustFail(t, call(t, "eval", "-model", smallModel(t, data), "-data", data, "-report", full.Name()), exitFailure, full.Name())
	for _, format := range []string{".png", ".svg"} {
		picture := filepath.Join(dir, "full"+format)
		if err := os.Symlink(full.Name(), picture); err != nil {
			t.Skip("cannot make a symbolic link: ", err)
		}
		mustFail(t, call(t, "compare", "-data", data, "-optimizer", "adam", "-epochs", "1", "-hidden", "8", "-seeds", "1", "-plot", picture), exitFailure, picture)
	}
}

func TestFullStdout(t *testing.T) {
	full := fullDevice(t)
	closed := fullDevice(t)
	closed.Close()
	data := smallData(t)
	for _, args := range []string{"-h", "version", "info -json", "-epochs 1 -hidden 8", "-epochs 1 -hidden 8 -json", "-epochs 0 -quiet", "compare -h",
		"compare -optimizer adam -epochs 1 -seeds 1 -hidden 8 -data " + data, "compare -lr 1 -epochs 1 -seeds 1 -hidden 8 -json -data " + data} {
		args := append([]string{"mnist-fast"}, strings.Fields(args)...)
		if strings.HasPrefix(args[1], "-e") {
			args = append(args, "-data", data)
		}
		for _, stdout := range []*os.File{full, closed} {
			var stderr bytes.Buffer
			status := run(t.Context(), args, strings.NewReader(""), stdout, &stderr)
			mustFail(t, outcome{status, "", stderr.String()}, exitFailure, "/dev/full")
		}
	}
}

// A panicWriter stands for a defect.
type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("no way") }

func TestPanic(t *testing.T) {
	var stderr bytes.Buffer
	status := run(t.Context(), []string{"mnist-fast", "version"}, strings.NewReader(""), panicWriter{}, &stderr)
	mustFail(t, outcome{status, "", stderr.String()}, exitFailure, "internal error: no way")
}

func TestOneLine(t *testing.T) {
	var stderr bytes.Buffer
	a := &app{stderr: &stderr}
	a.complain(plain(errors.Join(errors.New("nn: one"), errors.New("two"))))
	if want := "mnist-fast: one; two\n"; stderr.String() != want {
		t.Errorf("%q, want %q", stderr.String(), want)
	}
}
