package nn_test

import (
	"fmt"
	"strings"
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

// What each feature adds to a step of the reference model on the fastest tier.
func BenchmarkFeatures(b *testing.B) {
	for _, feature := range []struct {
		name   string
		config nn.Config
		rate   float32 // of dropout
	}{
		{"none", nn.Config{}, 0},
		{"schedule", nn.Config{Schedule: nn.CosineDecay{InitialLearningRate: 0.001, DecaySteps: 1 << 20}}, 0},
		{"dropout", nn.Config{}, 0.2},
		{"input dropout", nn.Config{InputDropout: 0.2}, 0},
		{"label smoothing", nn.Config{LabelSmoothing: 0.1}, 0},
		{"clip value", nn.Config{ClipValue: 1}, 0},
		{"clip norm", nn.Config{ClipNorm: 0.1}, 0},
		{"global clip norm", nn.Config{GlobalClipNorm: 0.1}, 0},
		{"accumulate", nn.Config{Accumulate: 4}, 0},
		{"average", nn.Config{EMA: 0.99}, 0},
	} {
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("feature=%s/workers=%d", strings.ReplaceAll(feature.name, " ", "-"), workers), func(b *testing.B) {
				_, data := reference(b, 1)
				m := newModel(b, 784, nn.Dense{Units: 256, Activation: nn.ReLU, Dropout: feature.rate},
					nn.Dense{Units: 128, Activation: nn.ReLU, Dropout: feature.rate}, nn.Dense{Units: 10, Activation: nn.Softmax})
				feature.config.Workers = workers
				t := newTrainer(b, m, feature.config)
				x, y := data.X.(nn.Bytes), data.Y.(nn.Labels)
				x.Data, y.Of = x.Data[:32*784], y.Of[:32]
				for b.Loop() {
					trainOnBatch(b, t, nn.Dataset{X: x, Y: y})
				}
				b.ReportMetric(32*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
			})
		}
	}
}
