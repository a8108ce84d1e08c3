package gosource_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/gosource"
)

// runner reads samples and writes predictions, as little-endian numbers: those of
// model0, then those of model1 and so on.
const runner = `package main

import (
	"bufio"
	"encoding/binary"
	"os"
%s)

func run(in *bufio.Reader, out *bufio.Writer, inputs, outputs int, predict func(out, in []float32)) {
	x, y := make([]float32, inputs), make([]float32, outputs)
	for range %d {
		if err := binary.Read(in, binary.LittleEndian, x); err != nil {
			panic(err)
		}
		predict(y, x)
		binary.Write(out, binary.LittleEndian, y)
	}
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	defer out.Flush()
%s}
`

const samples = 20

// testModels have every activation in the middle of a pair of layers, at its end
// and alone, and numbers of shards from 1 to 8.
func testModels(t *testing.T) (models []*nn.Sequential) {
	t.Helper()
	for i, layers := range [][]nn.Dense{
		{{Units: 256, Activation: nn.ReLU}, {Units: 128, Activation: nn.ReLU}, {Units: 10, Activation: nn.Softmax}},
		{{Units: 100}, {Units: 16, Activation: nn.ReLU}, {Units: 3}},
		{{Units: 129, Activation: nn.Sigmoid}, {Units: 20, Activation: nn.Sigmoid}, {Units: 5, Activation: nn.Sigmoid}},
		{{Units: 40, Activation: nn.Tanh}, {Units: 20, Activation: nn.Tanh}, {Units: 70, Activation: nn.Tanh}, {Units: 33, Activation: nn.Softmax}},
		{{Units: 17, Activation: nn.Softmax}, {Units: 90, Activation: nn.ReLU}, {Units: 19, Activation: nn.Softmax}},
		{{Units: 1}},
	} {
		m, err := nn.NewSequential([]int{784, 7, 20, 33, 2, 1}[i], uint64(i), layers...)
		if err != nil {
			t.Fatal(err)
		}
		for l := range layers {
			bias := m.Bias(l)
			for j := range bias {
				bias[j] = float32(j%5)/4 - 0.5
			}
			if err := m.SetWeights(l, m.Kernel(l), bias); err != nil {
				t.Fatal(err)
			}
		}
		models = append(models, m)
	}
	return models
}

// special are numbers that a formula may treat in another way.
var special = []float32{
	0, float32(math.Copysign(0, -1)), 1, -1, 0.55, 1e-20, 1e-38, 1e-44, -1e-45, 88, -88, 104, -104, 1e10, -1e20, 3e38,
	float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
}

// testInputs are samples from small to large numbers, many of them 0, and special ones.
func testInputs(width int) kernels.Mat {
	r := rand.New(rand.NewPCG(1, uint64(width)))
	x := kernels.NewMat(samples, width)
	for i := range samples {
		scale := math.Exp2(float64(r.IntN(12) - 6))
		for j := range width {
			switch {
			case r.IntN(3) == 0:
			case i >= samples/2 && r.IntN(width) == 0:
				x.Set(i, j, special[r.IntN(len(special))])
			default:
				x.Set(i, j, float32(scale*r.NormFloat64()))
			}
		}
	}
	return x
}

// Exported models compile alone, and predict the same bits.
func TestExportedModelsPredictTheSameBits(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command: ", err)
	}
	dir := t.TempDir()
	var imports, calls strings.Builder
	var input bytes.Buffer
	models := testModels(t)
	for i, m := range models {
		name := fmt.Sprintf("model%d", i)
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := gosource.ExportFile(filepath.Join(dir, name, name+".go"), m, name); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&imports, "\t\"alone/%s\"\n", name)
		fmt.Fprintf(&calls, "\trun(in, out, %[1]s.Inputs, %[1]s.Outputs, %[1]s.PredictInto)\n", name)
		if err := binary.Write(&input, binary.LittleEndian, testInputs(m.Inputs()).Data); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "go.mod"), "module alone\n\ngo 1.24\n")
	write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(runner, imports.String(), samples, calls.String()))
	command(t, dir, nil, "vet", "./...")
	output := bytes.NewReader(command(t, dir, &input, "run", "."))
	for i, m := range models {
		want, got := kernels.NewMat(samples, m.Outputs()), make([]float32, samples*m.Outputs())
		if err := m.Predict(context.Background(), want, nn.Floats{Mat: testInputs(m.Inputs())}); err != nil {
			t.Fatal(err)
		}
		if err := binary.Read(output, binary.LittleEndian, got); err != nil {
			t.Fatal(err)
		}
		requireBits(t, i, got, want)
	}
}

// requireBits compares bits, but takes all NaNs for one.
func requireBits(t *testing.T, model int, got []float32, want kernels.Mat) {
	t.Helper()
	for i, x := range want.Data {
		if y := got[i]; math.Float32bits(x) != math.Float32bits(y) && (x == x || y == y) {
			t.Errorf("model %d: sample %d, output %d is %v (%#x), want %v (%#x)", model, i/want.Cols, i%want.Cols, y, math.Float32bits(y), x, math.Float32bits(x))
			return
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command runs the go command in a folder.
func command(t *testing.T, dir string, stdin *bytes.Buffer, args ...string) []byte {
	t.Helper()
	c := exec.Command("go", args...)
	c.Dir = dir
	c.Env = append(c.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off", "GO111MODULE=on")
	if stdin != nil {
		c.Stdin = stdin
	}
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, stderr.String())
	}
	return out
}

// A file has what its layers need, and no more.
func TestExportLeavesOut(t *testing.T) {
	for i, a := range []nn.Activation{nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Softmax} {
		m, err := nn.NewSequential(3, 1, nn.Dense{Units: 2, Activation: a})
		if err != nil {
			t.Fatal(err)
		}
		var file strings.Builder
		if err := gosource.Export(&file, m, "digits"); err != nil {
			t.Fatal(err)
		}
		for function, has := range map[string]bool{"relu": i == 1, "sigmoid": i == 2, "tanh": i == 3, "softmax": i == 4, "exp": i > 1, "fma": i > 1, "dense": true} {
			if strings.Contains(file.String(), "\nfunc "+function+"(") != has {
				t.Errorf("%v: function %s: want %t", a, function, has)
			}
		}
	}
}

func TestExportRefuses(t *testing.T) {
	m, err := nn.NewSequential(1, 1, nn.Dense{Units: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "_", "a-b", "type", "1a", "a;b"} {
		if err := gosource.Export(&bytes.Buffer{}, m, name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("package %q: error %v", name, err)
		}
	}
	if testing.Short() {
		return
	}
	if m, err = nn.NewSequential(1<<13, 1, nn.Dense{Units: 1<<13 + 1, Kernel: nn.Zeros}); err != nil {
		t.Fatal(err)
	}
	if err := gosource.Export(&bytes.Buffer{}, m, "large"); err == nil {
		t.Error("a model of more than 2²⁶ weights was exported")
	}
}
