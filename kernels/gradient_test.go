package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// The pieces of a gradient make up the whole product, with its bits, whether what they
// share is packed (its rows are pages apart) or not.
func TestGradientMatchesGemm(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(41, 42))
		for _, c := range []struct{ inputs, batch, units, stride int }{
			{100, 20, 1024, 1024}, {70, 17, 30, 2048}, {100, 20, 1000, 1001}, {300, 5, 40, 40}, {40, 0, 1024, 1024}, {3, 1, 1, 1},
		} {
			x := kernels.View(normal(rnd, c.batch*c.inputs), c.batch, c.inputs).T()
			d := kernels.View(normal(rnd, c.batch*c.stride), c.batch, c.stride).Slice(0, c.batch, 0, c.units)
			want := kernels.NewMat(c.inputs, c.units)
			k.Gemm(1, x, d, 0, want, kernels.Epilogue{})
			got := make([]float32, 0, len(want.Data))
			k.Gradient(x, d, func(begin, end int, g []float32) {
				if begin*c.units != len(got) || len(g) != (end-begin)*c.units {
					t.Fatalf("%+v: rows %d to %d of %d numbers after %d", c, begin, end-1, len(g), len(got))
				}
				got = append(got, g...)
			})
			if len(got) != len(want.Data) {
				t.Fatalf("%+v: %d numbers, want %d", c, len(got), len(want.Data))
			}
			suite.RequireSame(t, fmt.Sprintf("%+v", c), got, want.Data)
		}
	})
}

func TestSparseGradientMatchesGradient(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(43, 44))
		for _, units := range []int{1, 40, 3000} {
			x, s := sparseOf(rnd, 300, 20, 0.3)
			d := kernels.View(normal(rnd, 20*units), 20, units)
			var want, got []float32
			k.Gradient(x, d, func(_, _ int, g []float32) { want = append(want, g...) })
			k.SparseGradient(s, d, func(_, _ int, g []float32) { got = append(got, g...) })
			suite.RequireSame(t, fmt.Sprintf("%d units", units), got, want)
		}
	})
}

func TestGradientMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Generic)
	requirePanic(t, "shapes", "kernels: shapes do not fit together", func() {
		k.Gradient(kernels.NewMat(2, 3), kernels.NewMat(2, 4), func(int, int, []float32) {})
	})
}
