package bench

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// A model is a stack of layers, ReLU but for the last.
type model struct {
	name  string
	sizes []int // inputs, then the units of each layer
}

var models = []model{
	{"reference", []int{784, 256, 128, 10}},
	{"wide", []int{784, 2048, 2048, 10}},
	{"small", []int{64, 64, 64, 4}},
	{"one-layer", []int{784, 30, 10}},
}

func (m model) inputs() int  { return m.sizes[0] }
func (m model) classes() int { return m.sizes[len(m.sizes)-1] }

func (m model) build(tb testing.TB) *nn.Sequential {
	var layers []nn.Dense
	for _, units := range m.sizes[1:] {
		layers = append(layers, nn.Dense{Units: units, Activation: nn.ReLU})
	}
	layers[len(layers)-1].Activation = nn.Softmax
	s, err := nn.NewSequential(m.inputs(), 1, layers...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// forwardFlops counts the multiplications and additions of the products that
// predict one sample.
func (m model) forwardFlops() (sum float64) {
	for i, units := range m.sizes[1:] {
		sum += 2 * float64(m.sizes[i]*units)
	}
	return sum
}

// stepFlops counts them for training with one sample: each layer once forward,
// once back to its weights, and all but the first once back to its inputs.
func (m model) stepFlops() float64 {
	return 3*m.forwardFlops() - 2*float64(m.sizes[0]*m.sizes[1])
}

var loadMNIST = sync.OnceValues(mnist.Load)

// data returns samples for the model. MNIST has many zeros, random input none,
// which a program could make use of.
func (m model) data(tb testing.TB, input string, samples int) nn.Dataset {
	if input == "mnist" {
		set, err := loadMNIST()
		if err != nil {
			tb.Fatal(err)
		}
		return nn.Dataset{
			X: nn.Bytes{Data: set.Train.Images[:samples*m.inputs()], Columns: m.inputs(), Divisor: 255},
			Y: nn.Labels{Of: set.Train.Labels[:samples], Classes: m.classes()},
		}
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	x, labels := floats(samples*m.inputs()), make([]uint8, samples)
	for i := range x {
		x[i] = rnd.Float32()
	}
	for i := range labels {
		labels[i] = uint8(rnd.IntN(m.classes()))
	}
	return nn.Dataset{
		X: nn.Floats{Mat: kernels.View(x, samples, m.inputs())},
		Y: nn.Labels{Of: labels, Classes: m.classes()},
	}
}

// inputKinds are those that fit the model: MNIST has 784 pixels.
func (m model) inputKinds() []string {
	if m.inputs() == 784 {
		return []string{"mnist", "random"}
	}
	return []string{"random"}
}

func TestFlopsOfModels(t *testing.T) {
	reference := models[0]
	if got := reference.forwardFlops(); got != 2*(784*256+256*128+128*10) {
		t.Errorf("forward: %v", got)
	}
	if got := reference.stepFlops(); got != 2*(2*784*256+3*256*128+3*128*10) {
		t.Errorf("step: %v", got)
	}
}
