package augment

import (
	"context"
	"fmt"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// digits are the first training images of MNIST.
func digits(tb testing.TB, n int) nn.Bytes {
	tb.Helper()
	data, err := mnist.Load()
	if err != nil {
		tb.Fatal(err)
	}
	return nn.Bytes{Data: data.Train.Slice(0, n).Images, Columns: 784, Divisor: 255}
}

// One image of MNIST, on one core.
func BenchmarkAugment(b *testing.B) {
	for _, c := range []struct {
		op string
		s  Settings
	}{
		{"none", Settings{}},
		{"shift", Settings{Shift: 2}},
		{"rotation", Settings{Rotation: 15}},
		{"scale", Settings{Scale: 0.15}},
		{"shear", Settings{Shear: 0.2}},
		{"elastic", Settings{Elastic: Elastic{Alpha: 34, Sigma: 4}}},
		{"shift+rotation+elastic", Settings{Shift: 2, Rotation: 15, Elastic: Elastic{Alpha: 34, Sigma: 4}}},
		{"noise", Settings{Noise: 0.1}},
		{"erase", Settings{Erase: 0.5}},
	} {
		b.Run("op="+c.op, func(b *testing.B) {
			images, err := New(digits(b, 1024), 28, c.s, 1)
			if err != nil {
				b.Fatal(err)
			}
			table := images.Epoch(1).(changed)
			batch := make([]uint8, 32*784)
			k := kernels.NewCore(kernels.Auto)
			rows := make([]int, 32)
			at := 0
			for b.Loop() {
				for i := range rows {
					rows[i] = at % 1024
					at++
				}
				table.Draw(k, batch, rows)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(32*b.N), "ns/image")
		})
	}
}

// An epoch of the reference model on 6,400 images, as they are and changed.
func BenchmarkTraining(b *testing.B) {
	data, err := mnist.Load()
	if err != nil {
		b.Fatal(err)
	}
	const n = 6400
	changed, err := New(digits(b, n), 28, Settings{Shift: 2, Rotation: 15, Elastic: Elastic{Alpha: 34, Sigma: 4}}, 1)
	if err != nil {
		b.Fatal(err)
	}
	for _, workers := range []int{1, 2} {
		for _, c := range []struct {
			op string
			x  nn.Table
		}{{"none", changed.Bytes}, {"shift+rotation+elastic", changed}} {
			b.Run(fmt.Sprintf("workers=%d/op=%s", workers, c.op), func(b *testing.B) {
				m, err := nn.NewSequential(784, 1, nn.Dense{Units: 256, Activation: nn.ReLU},
					nn.Dense{Units: 128, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
				if err != nil {
					b.Fatal(err)
				}
				trainer, err := nn.NewTrainer(m, nn.Config{Workers: workers})
				if err != nil {
					b.Fatal(err)
				}
				defer trainer.Close()
				d := nn.Dataset{X: c.x, Y: nn.Labels{Of: data.Train.Labels[:n], Classes: data.Classes}}
				for b.Loop() {
					if _, err := trainer.Fit(context.Background(), d, nn.FitConfig{Epochs: 1, Seed: 1}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n*b.N), "ns/image")
			})
		}
	}
}
