package onnx

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
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
			heap.RequireTwice(t, len(file), 6_000_000, func() { got, err = read() })
			if err != nil || got.SHA256() != m.SHA256() {
				t.Errorf("another model, or error %v", err)
			}
		})
	}
}

// The most of everything that a file may have beside its numbers.
func TestImportOfAHostileFile(t *testing.T) {
	const units = 4 << 20 // without biases in the file
	name := strings.Repeat("\x01", 16<<20)
	w := constant(counted("w", 2, 2))
	wide := constant(floatData("w", tensorRawData, float32Type, make([]byte, 4*units), 1, units))
	var operator message
	operator.text(nodeOpType, name)
	operator.text(nodeOutput, "y")
	many := func(part ...byte) piece {
		return func(g *message) { *g = append(*g, bytes.Repeat(part, maxFields-100)...) }
	}
	for about, file := range map[string][]byte{
		"of more than 4096":  file(w, op("MatMul x "+name+" -> y")),
		"node 1: a text":     file(func(g *message) { g.message(graphNode, operator) }),
		"initializer 1: a t": file(constant(counted(name, 2, 2, 1)), op("MatMul x w -> y")),
		"16384 outputs":      file(w, op("MatMul x w -> y"), func(g *message) { outputs(g, 16383, name[:1000]) }),
		"":                   bare(in("x", float32Type, dynamic, 1), many(0x0a, 0), wide, op("MatMul x w -> y"), out("y")),
	} {
		t.Run(about, func(t *testing.T) {
			var err error
			heap.RequireTwice(t, len(file), heap.More, func() { _, err = Import(bytes.NewReader(file)) })
			if about == "" && err != nil || about != "" && (!errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), about)) {
				t.Errorf("error %.200v, want one about %q", err, about)
			}
		})
	}
}

func outputs(g *message, n int, name string) {
	for range n {
		out(name)(g)
	}
}
