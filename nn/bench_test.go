package nn_test

import (
	"fmt"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
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

// One training step of the reference model, batch 32.
func BenchmarkStep(b *testing.B) {
	for _, tier := range kernels.Tiers() {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("tier=%s/workers=%d", tier, workers), func(b *testing.B) {
				m, data := reference(b, 1)
				t, err := nn.NewTrainer(m, nn.Config{Tier: tier, Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				defer t.Close()
				x, y := data.X.(nn.Bytes), data.Y.(nn.Labels)
				x.Data, y.Of = x.Data[:32*784], y.Of[:32]
				batch := nn.Dataset{X: x, Y: y}
				for b.Loop() {
					if _, err := t.TrainOnBatch(batch); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
			})
		}
	}
}
