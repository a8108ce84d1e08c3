package onnx_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
)

// A golden is what another program makes of a model in testdata.
type golden struct {
	Input, Output [][]float32
}

// table is the rows as one.
func table(rows [][]float32) nn.Floats {
	return nn.Floats{Mat: kernels.View(slices.Concat(rows...), len(rows), len(rows[0]))}
}

func predict(tb testing.TB, m *nn.Sequential, x nn.Table) kernels.Mat {
	tb.Helper()
	y := kernels.NewMat(x.Len(), m.Outputs())
	if err := m.Predict(context.Background(), y, x); err != nil {
		tb.Fatal(err)
	}
	return y
}

// requireNear fails unless numbers agree to 1e-5.
func requireNear(tb testing.TB, got, want []float32) {
	tb.Helper()
	if len(got) != len(want) {
		tb.Fatalf("%d numbers, want %d", len(got), len(want))
	}
	for i, x := range got {
		if d := math.Abs(float64(x) - float64(want[i])); !(d <= 1e-5*max(1, math.Abs(float64(want[i])))) {
			tb.Fatalf("number %d is %v, want %v", i, x, want[i])
		}
	}
}

// Models of other programs predict what they predicted there (testdata/*.py
// says how the files were made).
func TestImportFile(t *testing.T) {
	for name, layers := range map[string][]nn.Dense{
		"pytorch-sequential": {{Units: 5, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax}},
		"pytorch-module":     {{Units: 5, Activation: nn.Tanh}, {Units: 4, Activation: nn.Sigmoid}, {Units: 3}},
		"pytorch-nobias":     {{Units: 5, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax}},
		"pytorch-static":     {{Units: 200, Activation: nn.Tanh}, {Units: 3}},
		"pytorch-unfolded":   {{Units: 5, Activation: nn.ReLU}, {Units: 3}},
		"keras-style":        {{Units: 5, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax}},
		"dynamo-style":       {{Units: 5, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax}},
		"sklearn-style":      {{Units: 5, Activation: nn.Tanh}, {Units: 3, Activation: nn.Softmax}},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := onnx.ImportFile(filepath.Join("testdata", name+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			if m.Inputs() != 6 || !slices.Equal(m.Layers(), layers) {
				t.Errorf("%d inputs, layers %v, want %v", m.Inputs(), m.Layers(), layers)
			}
			var want golden
			text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			requireNear(t, predict(t, m, table(want.Input)).Data, table(want.Output).Data)
		})
	}
}

func TestImportFileRefuses(t *testing.T) {
	for name, about := range map[string]string{
		"sklearn-classes-style.onnx": `node "ArgMax" (ArgMax): not an operator of a multilayer perceptron; export the model up to the probabilities`,
		"pytorch-module.json":        "not an ONNX file",
	} {
		_, err := onnx.ImportFile(filepath.Join("testdata", name))
		if !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), about) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v, want one about %q", name, err, about)
		}
	}
	if _, err := onnx.ImportFile("testdata/nowhere.onnx"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want %v", err, os.ErrNotExist)
	}
}
