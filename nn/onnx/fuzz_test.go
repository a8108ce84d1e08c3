package onnx_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
)

// Whatever a file has in it, Import returns a model or an error, and takes at
// most twice the file's size and 64 MB, garbage included.
func FuzzImport(f *testing.F) {
	paths, err := filepath.Glob("testdata/*.onnx")
	if err != nil || len(paths) == 0 {
		f.Fatal(paths, err)
	}
	for _, path := range paths {
		file, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add(export(f, models(f)["one unit"]))
	f.Fuzz(func(t *testing.T, file []byte) {
		var m *nn.Sequential
		var err error
		heap.RequireTwice(t, len(file), heap.More, func() { m, err = onnx.Import(bytes.NewReader(file)) })
		if err != nil {
			if m != nil || !errors.Is(err, nn.ErrFormat) {
				t.Errorf("a model: %t, error %v", m != nil, err)
			}
			return
		}
		again, err := onnx.Import(bytes.NewReader(export(t, m)))
		if err != nil || again.SHA256() != m.SHA256() {
			t.Errorf("the model does not come back: %v", err)
		}
	})
}

// A file of nothing but the smallest fields takes the most memory for its size.
func TestImportOfManyFields(t *testing.T) {
	for name, part := range map[string][]byte{
		"nodes":        {0x0a, 0},
		"initializers": {0x2a, 0},
		"inputs":       {0x5a, 0},
		"outputs":      {0x62, 0},
		"attributes":   {0x0a, 2, 0x2a, 0},
	} {
		graph := bytes.Repeat(part, 100_000)
		file := []byte{0x08, 7, 0x42, 2, 0x10, 13, 0x3a, 0x80 | byte(len(graph)), 0x80 | byte(len(graph)>>7), byte(len(graph) >> 14)}
		file = append(file, graph...)
		t.Run(name, func(t *testing.T) {
			var err error
			heap.RequireTwice(t, len(file), heap.More, func() { _, err = onnx.Import(bytes.NewReader(file)) })
			if !errors.Is(err, nn.ErrFormat) {
				t.Error(err)
			}
		})
	}
}
