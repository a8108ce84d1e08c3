package nn_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Files that PyTorch wrote with the reference package predict what they did
// there (testdata/weights.py says how they were made).
func TestLoadWeightsOfPyTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/weights.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Input  [][]float32
		Output map[string][][]float32
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	x := slices.Concat(golden.Input...)
	for name, rows := range golden.Output {
		m, err := nn.LoadWeightsFile(filepath.Join("testdata", "pytorch-"+name+".safetensors"), nn.Tanh, nn.Softmax)
		if err != nil {
			t.Fatal(err)
		}
		got, want := predict(t, m, nn.Floats{Mat: kernels.View(x, len(rows), len(x)/len(rows))}), slices.Concat(rows...)
		for i, y := range got.Data {
			if d := math.Abs(float64(y - want[i])); !(d <= 1e-6) {
				t.Errorf("%s: output %d is %v, want %v", name, i, y, want[i])
			}
		}
	}
}

// pythonEnv is a command that runs Python, if python3 is not the one.
const pythonEnv = "SAFETENSORS_PYTHON"

// readAndWrite reads a file with the reference package, tells what is in it on
// standard error, and writes it again.
const readAndWrite = `
import json, sys
import safetensors.numpy
tensors = safetensors.numpy.load(sys.stdin.buffer.read())
print(json.dumps({name: [str(t.dtype), list(t.shape), t.ravel().tolist()] for name, t in tensors.items()}), file=sys.stderr)
sys.stdout.buffer.write(safetensors.numpy.save(tensors))
`

// The reference package reads what SaveWeights writes, and what it writes again
// is the same model.
func TestReferencePackage(t *testing.T) {
	python := strings.Fields(cmp.Or(os.Getenv(pythonEnv), "python3"))
	if err := exec.Command(python[0], append(python[1:], "-c", "import safetensors, numpy")...).Run(); err != nil {
		t.Skipf("the reference package was not asked: %v cannot import safetensors and numpy (%v)", python, err)
	}
	m := newModel(t, 6, foreignLayers...)
	for _, layout := range []nn.Layout{nn.KerasLayout, nn.PyTorchLayout} {
		var file, stdout, stderr bytes.Buffer
		if err := m.SaveWeights(&file, layout); err != nil {
			t.Fatal(err)
		}
		c := exec.Command(python[0], append(python[1:], "-c", readAndWrite)...)
		c.Stdin, c.Stdout, c.Stderr = &file, &stdout, &stderr
		if err := c.Run(); err != nil {
			t.Fatalf("%v: %s", err, stderr.String())
		}
		var tensors map[string][3]any
		if err := json.Unmarshal(stderr.Bytes(), &tensors); err != nil {
			t.Fatal(err)
		}
		bias := tensors["dense_2.bias"]
		if layout == nn.PyTorchLayout {
			bias = tensors["2.bias"]
		}
		if len(tensors) != 2*len(foreignLayers) || bias[0] != "float32" || len(bias[2].([]any)) != foreignLayers[1].Units {
			t.Errorf("%v: %d tensors; a bias is %v", layout, len(tensors), bias)
		}
		requireSHA256(t, loadWeights(t, stdout.Bytes(), nn.ReLU, nn.Softmax), m.SHA256())
	}
}
