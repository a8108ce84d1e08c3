package nn

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
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
	Dropout    float32 // share of the outputs that are dropped in training: set to 0, the others divided by 1-Dropout
}

// A Sequential is a stack of Dense layers and their weights. Predict may be
// called by many goroutines at once, but not while the model is trained.
type Sequential struct {
	inputs  int
	layers  []Dense
	stages  []stage
	params  []layerParams
	weights []float32 // of all layers, as params lays them out
	edits   int       // times that the weights were changed

	// Metadata are texts (UTF-8) that are saved and loaded with the model, such as
	// the names of its inputs.
	Metadata map[string]string

	predictions sync.Pool // of *predictTask
	predictors  sync.Pool // of *predictor
}

// layerParams says where the weights of a layer are.
type layerParams struct {
	inputs, units int
	blocks        []block // of the kernel
	bias          int     // place in the weights
}

// A block is a part of a kernel, row after row without gaps in the weights: a
// shard of its columns or rows, or all of it.
type block struct {
	at         int // place in the weights
	row, col   int // of its first element in the kernel
	rows, cols int
}

// of is the block's view of weights, or of numbers laid out like them.
func (b block) of(weights []float32) kernels.Mat {
	return kernels.View(weights[b.at:b.at+b.rows*b.cols], b.rows, b.cols)
}

// A layerView has the numbers of one layer: weights, or moments of them.
type layerView struct {
	blocks []kernels.Mat
	bias   []float32
}

// of is the layer's view of weights, or of numbers laid out like them.
func (p layerParams) of(weights []float32) layerView {
	v := layerView{bias: weights[p.bias : p.bias+p.units]}
	for _, b := range p.blocks {
		v.blocks = append(v.blocks, b.of(weights))
	}
	return v
}

// views are the views of all layers.
func (m *Sequential) views(weights []float32) []layerView {
	var vs []layerView
	for _, p := range m.params {
		vs = append(vs, p.of(weights))
	}
	return vs
}

// NewSequential returns a model for samples of that many numbers. The seed
// decides its first weights. It fails if there is no layer, or a layer is not
// valid.
func NewSequential(inputs int, seed uint64, layers ...Dense) (*Sequential, error) {
	m, err := newModel(inputs, layers)
	if err != nil {
		return nil, err
	}
	for i, l := range m.layers {
		kernel := m.Kernel(i)
		l.Kernel.fill(kernel.Data, kernel.Rows, kernel.Cols, newRandom(seed, weightStream+uint64(i)))
		m.setKernel(m.weights, i, kernel)
	}
	return m, nil
}

// maxWeights keeps sizes, in bytes too, far from overflow.
const maxWeights = min(1<<40, math.MaxInt/8)

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
		if l.Dropout > 0 && i == len(layers)-1 {
			return nil, fmt.Errorf("nn: layer %d: dropout after the last layer", i+1)
		}
		total += (width + 1) * l.Units
		width = l.Units
	}
	m := &Sequential{inputs: inputs, layers: slices.Clone(layers), weights: make([]float32, total)}
	m.stages = stages(m.layers)
	m.layOut()
	return m, nil
}

// layOut gives every layer its place in the weights: kernel, then bias. The
// kernels of a pair are kept shard by shard.
func (m *Sequential) layOut() {
	at, inputs := 0, m.inputs
	for _, s := range m.stages {
		for i := s.first; i <= s.last(); i++ {
			p := layerParams{inputs: inputs, units: m.layers[i].Units}
			whole := block{at: at, rows: p.inputs, cols: p.units}
			switch {
			case !s.paired:
				p.blocks = []block{whole}
			case i == s.first:
				for c := range s.shards.count {
					begin, end := s.shards.bounds(c)
					p.blocks = append(p.blocks, block{at + begin*p.inputs, 0, begin, p.inputs, end - begin})
				}
			default:
				for r := range s.shards.count {
					begin, end := s.shards.bounds(r)
					p.blocks = append(p.blocks, block{at + begin*p.units, begin, 0, end - begin, p.units})
				}
			}
			p.bias = at + p.inputs*p.units
			at = p.bias + p.units
			m.params = append(m.params, p)
			inputs = p.units
		}
	}
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
	if !(d.Dropout >= 0 && d.Dropout < 1) {
		return fmt.Errorf("dropout %v: want at least 0 and below 1", d.Dropout)
	}
	for _, p := range []float32{d.L1, d.L2} {
		if !(p >= 0) || math.IsInf(float64(p), 1) {
			return fmt.Errorf("penalty %v: want a number of at least 0", p)
		}
	}
	return nil
}

// with is the same model with other weights.
func (m *Sequential) with(weights []float32) *Sequential {
	return &Sequential{
		inputs: m.inputs, layers: m.layers, stages: m.stages, params: m.params,
		weights: weights, Metadata: maps.Clone(m.Metadata),
	}
}

// Inputs returns the numbers in a sample.
func (m *Sequential) Inputs() int { return m.inputs }

// Outputs returns the numbers in a prediction.
func (m *Sequential) Outputs() int { return m.layers[len(m.layers)-1].Units }

func (m *Sequential) outputActivation() Activation { return m.layers[len(m.layers)-1].Activation }

// Layers returns a copy of the layers.
func (m *Sequential) Layers() []Dense { return slices.Clone(m.layers) }

// Params returns the number of weights.
func (m *Sequential) Params() int { return len(m.weights) }

// Kernel returns a copy of the kernel of layer i (inputs × units).
func (m *Sequential) Kernel(i int) kernels.Mat { return m.kernel(m.weights, i) }

// Bias returns a copy of the bias of layer i.
func (m *Sequential) Bias(i int) []float32 {
	return slices.Clone(m.params[i].of(m.weights).bias)
}

// SetWeights sets the kernel and the bias of layer i. It fails if their sizes
// do not fit, or the rows of the kernel are not contiguous.
func (m *Sequential) SetWeights(i int, kernel kernels.Mat, bias []float32) error {
	p := m.params[i]
	if kernel.Rows != p.inputs || kernel.Cols != p.units || len(bias) != p.units {
		return fmt.Errorf("nn: layer %d: a kernel of %d × %d and a bias of %d: want %d × %d and %d",
			i+1, kernel.Rows, kernel.Cols, len(bias), p.inputs, p.units, p.units)
	}
	if err := (Floats{kernel}).Validate(); err != nil {
		return fmt.Errorf("nn: layer %d: kernel: %w", i+1, err)
	}
	m.setKernel(m.weights, i, kernel)
	copy(p.of(m.weights).bias, bias)
	m.edits++
	return nil
}

// kernel is the kernel of layer i, row after row, out of numbers that are laid
// out like the weights.
func (m *Sequential) kernel(weights []float32, i int) kernels.Mat {
	kernel := kernels.NewMat(m.params[i].inputs, m.params[i].units)
	for _, b := range m.params[i].blocks {
		copyMat(kernel.Slice(b.row, b.row+b.rows, b.col, b.col+b.cols), b.of(weights))
	}
	return kernel
}

// setKernel is the inverse of kernel.
func (m *Sequential) setKernel(weights []float32, i int, kernel kernels.Mat) {
	for _, b := range m.params[i].blocks {
		copyMat(b.of(weights), kernel.Slice(b.row, b.row+b.rows, b.col, b.col+b.cols))
	}
}

func copyMat(dst, src kernels.Mat) {
	for r := range dst.Rows {
		copy(dst.Row(r), src.Row(r))
	}
}

// SHA256 returns the hash of the weights, in hexadecimal: of their little-endian
// bytes, layer after layer, each layer's kernel (row after row) before its bias.
// Equal hashes mean equal bits.
func (m *Sequential) SHA256() string { return hashTensors(m.tensors(m.weights, "")) }

// hashTensors is the hash of texts, if any, and the numbers of all tensors.
func hashTensors(ts []tensor, texts ...string) string {
	h := sha256.New()
	for _, s := range texts {
		io.WriteString(h, s)
	}
	for _, t := range ts {
		writeFloats(h, t.data) // a hash takes everything
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
		fmt.Fprintf(w, "dense_%d\t%d\t%d\t%s\t%d\t\n", i+1, p.inputs, l.Units, l.Activation, (p.inputs+1)*p.units)
	}
	fmt.Fprintf(w, "total\t\t\t\t%d\t\n", m.Params())
	w.Flush()
	return b.String()
}
