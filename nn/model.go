package nn

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Dense is a layer that computes Activation(x·kernel + bias), with a kernel of
// inputs × Units numbers and a bias of Units.
type Dense struct {
	Units      int
	Activation Activation
	Kernel     Initializer
	L1, L2     float32 // penalties: L1·Σ|w| + L2·Σw² over the kernel is added to the loss
}

// A Sequential is a stack of Dense layers and their weights. Predict may be
// called by many goroutines at once, but not while the model is trained.
type Sequential struct {
	inputs  int
	layers  []Dense
	params  []layerParams
	weights []float32 // all of them: kernel and bias of the first layer, and so on

	predictors sync.Pool
}

// layerParams are views of the weights of one layer.
type layerParams struct {
	kernel kernels.Mat // inputs × units
	bias   []float32
	at     int // place of the kernel in the weights; the bias follows it
}

// NewSequential returns a model for samples of that many numbers. The seed
// decides its first weights. It fails if there is no layer, or a layer is not
// valid.
func NewSequential(inputs int, seed uint64, layers ...Dense) (*Sequential, error) {
	m, err := newModel(inputs, layers)
	if err != nil {
		return nil, err
	}
	for i, p := range m.params {
		r := newRandom(seed, weightStream+uint64(i))
		m.layers[i].Kernel.fill(p.kernel.Data, p.kernel.Rows, p.kernel.Cols, r)
	}
	return m, nil
}

// maxWeights keeps sizes, in bytes too, far from overflow.
const maxWeights = 1 << 40

// newModel returns a model whose weights are all 0.
func newModel(inputs int, layers []Dense) (*Sequential, error) {
	if inputs < 1 {
		return nil, fmt.Errorf("nn: %d inputs: want at least 1", inputs)
	}
	if len(layers) == 0 {
		return nil, fmt.Errorf("nn: a model needs at least one layer")
	}
	total, width := 0, inputs
	for i, l := range layers {
		if err := l.validate(); err != nil {
			return nil, fmt.Errorf("nn: layer %d: %w", i+1, err)
		}
		if l.Units > (maxWeights-total)/(width+1) {
			return nil, fmt.Errorf("nn: layer %d: a model of more than %d weights", i+1, maxWeights)
		}
		total += (width + 1) * l.Units
		width = l.Units
	}
	m := &Sequential{inputs: inputs, layers: append([]Dense(nil), layers...), weights: make([]float32, total)}
	at, width := 0, inputs
	for _, l := range layers {
		bias := at + width*l.Units
		end := bias + l.Units
		m.params = append(m.params, layerParams{kernels.View(m.weights[at:bias:bias], width, l.Units), m.weights[bias:end:end], at})
		at, width = end, l.Units
	}
	return m, nil
}

func (d Dense) validate() error {
	switch {
	case d.Units < 1:
		return fmt.Errorf("%d units: want at least 1", d.Units)
	case int(d.Activation) >= len(activationNames):
		return fmt.Errorf("unknown activation %v", d.Activation)
	case int(d.Kernel) >= len(initializerNames):
		return fmt.Errorf("unknown initializer %v", d.Kernel)
	}
	for _, p := range []float32{d.L1, d.L2} {
		if !(p >= 0) || math.IsInf(float64(p), 1) {
			return fmt.Errorf("penalty %v: want a number of at least 0", p)
		}
	}
	return nil
}

// Inputs returns the numbers in a sample.
func (m *Sequential) Inputs() int { return m.inputs }

// Outputs returns the numbers in a prediction.
func (m *Sequential) Outputs() int { return m.layers[len(m.layers)-1].Units }

// Layers returns a copy of the layers.
func (m *Sequential) Layers() []Dense { return append([]Dense(nil), m.layers...) }

// Kernel returns the kernel of layer i (inputs × units); it is the model's own
// memory.
func (m *Sequential) Kernel(i int) kernels.Mat { return m.params[i].kernel }

// Bias returns the bias of layer i; it is the model's own memory.
func (m *Sequential) Bias(i int) []float32 { return m.params[i].bias }

// Params returns the number of weights.
func (m *Sequential) Params() int { return len(m.weights) }

// SHA256 returns the hash of the weights, in hexadecimal: of their little-endian
// bytes, layer after layer, each layer's kernel (row after row) before its bias.
// Equal hashes mean equal bits.
func (m *Sequential) SHA256() string {
	h := sha256.New()
	buf := make([]byte, 0, 4096)
	for i, w := range m.weights {
		buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(w))
		if len(buf) == cap(buf) || i == len(m.weights)-1 {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Summary returns a table of the layers, as Keras prints it.
func (m *Sequential) Summary() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "layer\tinputs\tunits\tactivation\tparameters\t")
	for i, l := range m.layers {
		p := m.params[i]
		fmt.Fprintf(w, "dense_%d\t%d\t%d\t%s\t%d\t\n", i+1, p.kernel.Rows, l.Units, l.Activation, len(p.kernel.Data)+len(p.bias))
	}
	fmt.Fprintf(w, "total\t\t\t\t%d\t\n", m.Params())
	w.Flush()
	return b.String()
}
