package augment

import (
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
