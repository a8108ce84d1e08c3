package nn_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

func TestNewSequentialRefusesBadLayers(t *testing.T) {
	good := nn.Dense{Units: 2}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, test := range []struct {
		name   string
		inputs int
		layers []nn.Dense
		want   string
	}{
		{"no inputs", 0, []nn.Dense{good}, "0 inputs"},
		{"negative inputs", -3, []nn.Dense{good}, "-3 inputs"},
		{"no layers", 3, nil, "at least one layer"},
		{"no units", 3, []nn.Dense{good, {}}, "layer 2: 0 units"},
		{"negative units", 3, []nn.Dense{{Units: -1}}, "layer 1: -1 units"},
		{"unknown activation", 3, []nn.Dense{{Units: 1, Activation: 99}}, "Activation(99)"},
		{"unknown initializer", 3, []nn.Dense{{Units: 1, Kernel: 99}}, "Initializer(99)"},
		{"negative penalty", 3, []nn.Dense{{Units: 1, L1: -1}}, "penalty -1"},
		{"penalty NaN", 3, []nn.Dense{{Units: 1, L2: nan}}, "penalty NaN"},
		{"infinite penalty", 3, []nn.Dense{{Units: 1, L2: inf}}, "penalty +Inf"},
		{"huge layer", math.MaxInt32, []nn.Dense{{Units: math.MaxInt32}}, "layer 1: a model of more than"},
		{"size that overflows", math.MaxInt, []nn.Dense{{Units: math.MaxInt}}, "layer 1: a model of more than"},
	} {
		_, err := nn.NewSequential(test.inputs, 1, test.layers...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one that says %q", test.name, err, test.want)
		}
	}
}

func TestSequentialKnowsItsShape(t *testing.T) {
	layers := []nn.Dense{{Units: 20, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax, L2: 0.1}}
	m := newModel(t, 7, layers...)
	if m.Inputs() != 7 || m.Outputs() != 3 || m.Params() != 7*20+20+20*3+3 {
		t.Errorf("%d inputs, %d outputs, %d parameters", m.Inputs(), m.Outputs(), m.Params())
	}
	m.Layers()[0].Units = 99 // of a copy
	if !slices.Equal(m.Layers(), layers) {
		t.Errorf("layers %v, want %v", m.Layers(), layers)
	}
}

// Kernel and Bias are copies; what SetWeights sets, they return.
func TestSetWeights(t *testing.T) {
	m := newModel(t, 7, nn.Dense{Units: 40}, nn.Dense{Units: 3})
	before := m.SHA256()
	clear(m.Kernel(0).Data)
	clear(m.Bias(0))
	requireSHA256(t, m, before)
	for i, shape := range [][2]int{{7, 40}, {40, 3}} {
		rows, cols := shape[0], shape[1]
		wide := floats(rows, cols+2, 5).Slice(0, rows, 1, cols+1) // a view with gaps
		bias := numbers(cols, 6)
		if err := m.SetWeights(i, wide, bias); err != nil {
			t.Fatal(err)
		}
		got := m.Kernel(i)
		if got.Rows != rows || got.Cols != cols {
			t.Fatalf("layer %d: kernel of %d × %d, want %d × %d", i, got.Rows, got.Cols, rows, cols)
		}
		for r := range rows {
			requireSameBits(t, got.Row(r), wide.Row(r))
		}
		requireSameBits(t, m.Bias(i), bias)
	}
	for _, test := range []struct {
		name   string
		kernel kernels.Mat
		bias   []float32
	}{
		{"rows", kernels.NewMat(8, 40), make([]float32, 40)},
		{"columns", kernels.NewMat(7, 39), make([]float32, 40)},
		{"bias", kernels.NewMat(7, 40), make([]float32, 39)},
		{"transposed", kernels.NewMat(40, 7).T(), make([]float32, 40)},
		{"short", rows(7, 40), make([]float32, 40)},
	} {
		before := m.SHA256()
		if err := m.SetWeights(0, test.kernel, test.bias); err == nil {
			t.Errorf("%s: no error", test.name)
		}
		requireSHA256(t, m, before)
	}
}

// The weights that a prediction uses are those that Kernel and Bias return.
func TestPredictIsActivationOfKernelAndBias(t *testing.T) {
	m := newModel(t, 7, savedLayers...)
	if err := m.SetWeights(1, floats(20, 3, 8).Mat, numbers(3, 9)); err != nil {
		t.Fatal(err)
	}
	x := floats(5, 7, 1)
	ref := model64{layers: savedLayers}
	for i, row := range rows64(x) {
		got := predict(t, m, x).Row(i)
		for j, want := range ref.forward(weights64(m), row) {
			if !near(float64(got[j]), want, 1e-6) {
				t.Errorf("sample %d, output %d: %v, want %v", i, j, got[j], want)
			}
		}
	}
}

func TestSummary(t *testing.T) {
	m := newModel(t, 784, nn.Dense{Units: 256, Activation: nn.ReLU},
		nn.Dense{Units: 128, Activation: nn.Tanh}, nn.Dense{Units: 10, Activation: nn.Softmax})
	want := strings.TrimLeft(`
    layer  inputs  units  activation  parameters
  dense_1     784    256        relu      200960
  dense_2     256    128        tanh       32896
  dense_3     128     10     softmax        1290
    total                                 235146
`, "\n")
	if got := m.Summary(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Kernel and bias of layer after layer, row after row, little-endian.
func TestSHA256IsOfTheWeightsAsTheyAreRead(t *testing.T) {
	m := newModel(t, 7, savedLayers...)
	h := sha256.New()
	for i := range m.Layers() {
		for _, part := range [][]float32{m.Kernel(i).Data, m.Bias(i)} {
			for _, w := range part {
				b := math.Float32bits(w)
				h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
			}
		}
	}
	requireSHA256(t, m, hex.EncodeToString(h.Sum(nil)))
}

func TestNamesAreReadBack(t *testing.T) {
	for _, a := range []nn.Activation{nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Softmax} {
		requireReadBack(t, a, nn.ParseActivation)
	}
	for _, l := range []nn.Loss{nn.CategoricalCrossentropy, nn.MeanSquaredError} {
		requireReadBack(t, l, nn.ParseLoss)
	}
	for _, i := range []nn.Initializer{nn.GlorotUniform, nn.HeUniform, nn.Zeros} {
		requireReadBack(t, i, nn.ParseInitializer)
	}
	for _, name := range nn.Optimizers() {
		want := name
		if name == "gd" { // the same update
			want = "sgd"
		}
		if o := newOptimizer(t, name); o.Name() != want {
			t.Errorf("optimizer %q is named %q", name, o.Name())
		}
	}
}

func requireReadBack[T interface {
	comparable
	fmt.Stringer
}](t *testing.T, value T, parse func(string) (T, error)) {
	t.Helper()
	if got, err := parse(value.String()); got != value || err != nil {
		t.Errorf("%q is read as %v (%v)", value, got, err)
	}
}

func TestUnknownNamesAreErrorsWithTheChoice(t *testing.T) {
	_, activation := nn.ParseActivation("swish")
	_, loss := nn.ParseLoss("")
	_, initializer := nn.ParseInitializer("Zeros")
	_, optimizer := nn.NewOptimizer("lion")
	for _, test := range []struct {
		err  error
		want string
	}{
		{activation, `unknown activation "swish": want one of [linear relu sigmoid tanh softmax]`},
		{loss, `unknown loss "": want one of [categorical_crossentropy mean_squared_error]`},
		{initializer, `unknown initializer "Zeros": want one of [glorot_uniform he_uniform zeros]`},
		{optimizer, `unknown optimizer "lion": want one of [gd sgd momentum nesterov rmsprop adam adamw]`},
	} {
		if test.err == nil || test.err.Error() != test.want {
			t.Errorf("error %v, want %s", test.err, test.want)
		}
	}
}

// Keras's defaults, by its names.
func TestOptimizerDefaults(t *testing.T) {
	for name, want := range map[string]string{
		"gd":       `{"learning_rate":0.01,"momentum":0,"nesterov":false}`,
		"sgd":      `{"learning_rate":0.01,"momentum":0,"nesterov":false}`,
		"momentum": `{"learning_rate":0.01,"momentum":0.9,"nesterov":false}`,
		"nesterov": `{"learning_rate":0.01,"momentum":0.9,"nesterov":true}`,
		"rmsprop":  `{"learning_rate":0.001,"rho":0.9,"epsilon":1e-7}`,
		"adam":     `{"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7}`,
		"adamw":    `{"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7,"weight_decay":0.004}`,
	} {
		got, err := json.Marshal(newOptimizer(t, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, want)
		}
	}
}
