package onnx_test

import (
	"bytes"
	"path/filepath"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
)

// models are of every activation, in the middle and at the end, and of sizes
// that nn cuts into several shards, or not.
func models(tb testing.TB) map[string]*nn.Sequential {
	models := map[string]*nn.Sequential{}
	for name, layers := range map[string][]nn.Dense{
		"reference":   {{Units: 256, Activation: nn.ReLU}, {Units: 128, Activation: nn.ReLU}, {Units: 10, Activation: nn.Softmax}},
		"linear":      {{Units: 20}, {Units: 3}},
		"sigmoid":     {{Units: 150, Activation: nn.Sigmoid}, {Units: 7, Activation: nn.Sigmoid}},
		"tanh":        {{Units: 17, Activation: nn.Tanh}, {Units: 5}, {Units: 4, Activation: nn.Tanh}, {Units: 9, Activation: nn.ReLU}},
		"two softmax": {{Units: 6, Activation: nn.Softmax}, {Units: 33, Activation: nn.Softmax}},
		"one unit":    {{Units: 1, Activation: nn.Sigmoid}},
	} {
		m, err := nn.NewSequential(784, 1, layers...)
		if err != nil {
			tb.Fatal(err)
		}
		for i := range layers { // biases that are not 0
			bias := m.Bias(i)
			for j := range bias {
				bias[j] = float32(j%7)/8 - 0.25
			}
			if err := m.SetWeights(i, m.Kernel(i), bias); err != nil {
				tb.Fatal(err)
			}
		}
		models[name] = m
	}
	return models
}

// What was exported comes back bit for bit.
func TestExport(t *testing.T) {
	for name, m := range models(t) {
		path := filepath.Join(t.TempDir(), "model.onnx")
		if err := onnx.ExportFile(path, m); err != nil {
			t.Fatal(err)
		}
		got, err := onnx.ImportFile(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.SHA256() != m.SHA256() || got.Inputs() != m.Inputs() || !slices.Equal(got.Layers(), m.Layers()) {
			t.Errorf("%s: %d inputs, layers %v: not what was exported", name, got.Inputs(), got.Layers())
		}
	}
	if err := onnx.ExportFile(t.TempDir(), models(t)["linear"]); err == nil {
		t.Error("a folder was written to")
	}
}

func export(tb testing.TB, m *nn.Sequential) []byte {
	tb.Helper()
	var file bytes.Buffer
	if err := onnx.Export(&file, m); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}
