package nn_test

import (
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// reference returns the reference model and its training data.
func reference(tb testing.TB, seed uint64) (*nn.Sequential, nn.Dataset) {
	tb.Helper()
	m, err := nn.NewSequential(784, seed, nn.Dense{Units: 256, Activation: nn.ReLU},
		nn.Dense{Units: 128, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
	if err != nil {
		tb.Fatal(err)
	}
	data, err := mnist.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return m, dataset(data.Train, data.Classes)
}

func dataset(s mnist.Set, classes int) nn.Dataset {
	return nn.Dataset{
		X: nn.Bytes{Data: s.Images, Columns: s.Features(), Divisor: 255},
		Y: nn.Labels{Of: s.Labels, Classes: classes},
	}
}
