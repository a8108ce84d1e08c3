package kernels_test

import (
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

var (
	inf = float32(math.Inf(1))
	nan = float32(math.NaN())
)

// Rows whose softmax is known exactly, at every place in a row of each length.
func TestSoftmaxOfExtremeRows(t *testing.T) {
	const third = float32(1) / 3
	cases := []struct {
		name    string
		x, want []float32
	}{
		{"one column", []float32{-123}, []float32{1}},
		{"one infinite column", []float32{-inf}, []float32{nan}},
		{"ties", []float32{7, 7, 7}, []float32{third, third, third}},
		{"huge", []float32{3e38, -3e38}, []float32{1, 0}},
		{"huge ties", []float32{3e38, 3e38}, []float32{0.5, 0.5}},
		{"hugely negative", []float32{-3e38, -3.1e38}, []float32{1, 0}},
		{"-Inf is impossible", []float32{1, -inf, 1}, []float32{0.5, 0, 0.5}},
		{"all -Inf", []float32{-inf, -inf}, []float32{nan, nan}},
		{"+Inf", []float32{inf, 0}, []float32{nan, nan}},
		{"NaN", []float32{1, nan, 3}, []float32{nan, nan, nan}},
		{"below the threshold", []float32{0, -88}, []float32{1, 0}},
		{"zeros of both signs", []float32{0, float32(math.Copysign(0, -1))}, []float32{0.5, 0.5}},
	}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for _, c := range cases {
			for pad := range 40 { // columns of -Inf before it: they change nothing
				x, y := kernels.NewMat(2, pad+len(c.x)), kernels.NewMat(2, pad+len(c.x))
				for j := range pad {
					x.Set(0, j, -inf)
				}
				copy(x.Row(0)[pad:], c.x)
				k.Softmax(y, x)
				suite.RequireSame(t, c.name, y.Row(0)[pad:], c.want)
				for j, v := range y.Row(0)[:pad] {
					if v != 0 && c.want[0] == c.want[0] {
						t.Fatalf("%s: y[%d] = %v", c.name, j, v)
					}
				}
				for _, v := range y.Row(1) { // of zeros: NaN stays in its row
					if math.Abs(float64(v)*float64(x.Cols)-1) > ε {
						t.Fatalf("%s: the next row has %v", c.name, v)
					}
				}
			}
		}
	})
}

func TestCrossEntropyOfExtremeRows(t *testing.T) {
	cases := []struct {
		name       string
		z, target  []float32
		loss, most float32   // loss, and the most that it may differ
		dz         []float32 // nil where the formula's test is enough
	}{
		{"one column", []float32{42}, []float32{1}, 0, 0, []float32{0}},
		{"certain and right", []float32{200, 0}, []float32{1, 0}, 0, 0, []float32{0, 0}},
		{"certain and wrong", []float32{200, 0}, []float32{0, 1}, 200, 0, []float32{1, -1}},
		{"a loss of 10⁻⁵", []float32{11.512925, 0}, []float32{1, 0}, 1e-5, 0x1p-24, nil},
		{"a loss below 2⁻²⁴", []float32{20, 0}, []float32{1, 0}, 0, 0x1p-24, nil},
		{"next to impossible and wrong", []float32{0, -80}, []float32{1, 0}, 0, 0, []float32{0, 0}},
		{"impossible and wrong", []float32{-inf, 3}, []float32{0, 1}, 0, 0, []float32{0, 0}},
		{"impossible and right", []float32{-inf, 3}, []float32{1, 0}, inf, 0, []float32{-1, 1}},
		{"huge", []float32{3e38, -3e38}, []float32{1, 0}, 0, 0, []float32{0, 0}},
		{"huge and wrong", []float32{3e38, -3e38}, []float32{0, 1}, inf, 0, []float32{1, -1}},
		{"ties", []float32{5, 5}, []float32{0, 1}, math.Ln2, 0, []float32{0.5, -0.5}},
		{"soft targets", []float32{0, 0}, []float32{0.25, 0.75}, math.Ln2, 0x1p-24, []float32{0.25, -0.25}},
		{"NaN", []float32{nan, 0}, []float32{0, 1}, nan, 0, []float32{nan, nan}},
		{"a target of NaN", []float32{0, 0}, []float32{nan, 1}, nan, 0, []float32{nan, -0.5}},
	}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for _, c := range cases {
			loss, dz := []float32{nan}, kernels.NewMat(1, len(c.z))
			z, target := kernels.View(c.z, 1, len(c.z)), kernels.View(c.target, 1, len(c.z))
			k.SoftmaxCrossEntropy(loss, dz, z, target, 1)
			if c.most == 0 {
				suite.RequireSame(t, c.name+": loss", loss, []float32{c.loss})
			} else if !(math.Abs(float64(loss[0]-c.loss)) <= float64(c.most)) {
				t.Errorf("%s: loss %g, want %g ± %g", c.name, loss[0], c.loss, c.most)
			}
			if c.dz != nil {
				suite.RequireSame(t, c.name+": dz", dz.Data, c.dz)
			}
		}
	})
}

// Zero rows of any width, and rows of no width, leave all else alone.
func TestSoftmaxOfEmptyMatrices(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		whole := kernels.NewMat(3, 5)
		for _, m := range []kernels.Mat{{}, kernels.NewMat(0, 5), kernels.NewMat(3, 0), whole.Slice(0, 3, 2, 2), whole.Slice(1, 1, 0, 5)} {
			loss := make([]float32, m.Rows)
			k.Softmax(m, m)
			k.SoftmaxGrad(m, m, m)
			k.SoftmaxCrossEntropy(loss, m, m, m, 1)
			k.BiasAdd(m, make([]float32, m.Cols))
		}
	})
}
