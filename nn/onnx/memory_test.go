package onnx

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// The file and the model are all there is room for, wherever the file comes from.
func TestImportMemory(t *testing.T) {
	m, err := nn.NewSequential(1000, 1, nn.Dense{Units: 2000})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := ExportFile(path, m); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	type pipe struct{ io.Reader } // does not tell its length
	for name, read := range map[string]func() (*nn.Sequential, error){
		"reader": func() (*nn.Sequential, error) { return Import(bytes.NewReader(file)) },
		"pipe":   func() (*nn.Sequential, error) { return Import(pipe{bytes.NewReader(file)}) },
		"file":   func() (*nn.Sequential, error) { return ImportFile(path) },
	} {
		t.Run(name, func(t *testing.T) {
			var got *nn.Sequential
			var err error
			heap.RequireTwice(t, len(file), 4_000_000, func() { got, err = read() })
			if err != nil || got.SHA256() != m.SHA256() {
				t.Errorf("another model, or error %v", err)
			}
		})
	}
}
