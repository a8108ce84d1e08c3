package kernels_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

const (
	lr   = 0.125
	mu   = 0.875
	rate = 0.125 // of the moments
	eps  = 0.0625
)

// optimizers are rows for the test of vectorKernels: weights, moments, gradient.
// Tolerances count roundings of the largest term.
var optimizers = []vectorKernel{
	{"SGD", 2, func(k *kernels.Core, v [][]float32) { k.SGD(v[0], v[1], lr) },
		func(x []float64) []estimate { return rounded(1, x[0]-lr*x[1]) }, 0},
	{"Momentum", 3, func(k *kernels.Core, v [][]float32) { k.Momentum(v[0], v[1], v[2], lr, mu) },
		func(x []float64) []estimate {
			w, v, g := x[0], x[1], x[2]
			step := mu*v - lr*g
			size := math.Abs(mu*v) + math.Abs(lr*g)
			return []estimate{{w + step, 3 * ε * (math.Abs(w) + size)}, {step, 2 * ε * size}}
		}, 0},
	{"Nesterov", 3, func(k *kernels.Core, v [][]float32) { k.Nesterov(v[0], v[1], v[2], lr, mu) },
		func(x []float64) []estimate {
			w, v, g := x[0], x[1], x[2]
			step := mu*v - lr*g
			size := math.Abs(mu*v) + math.Abs(lr*g)
			return []estimate{{w + mu*step - lr*g, 4 * ε * (math.Abs(w) + 2*size)}, {step, 2 * ε * size}}
		}, 0},
	{"RMSprop", 3, func(k *kernels.Core, v [][]float32) { k.RMSprop(v[0], v[1], v[2], lr, rate, eps) },
		func(x []float64) []estimate {
			w, v, g := x[0], x[1], x[2]
			square := v + rate*(g*g-v)
			step := lr * g / math.Sqrt(square+eps)
			return []estimate{{w - step, 16 * ε * (math.Abs(w) + math.Abs(step))}, {square, 2 * ε * (v + g*g)}}
		}, 1},
	{"Adam", 4, func(k *kernels.Core, v [][]float32) {
		k.Adam(v[0], v[1], v[2], v[3], kernels.AdamStep{LR: lr, C1: 2 * rate, C2: rate, Eps: eps, Decay: 0.75})
	},
		func(x []float64) []estimate {
			w, m, v, g := x[0], x[1], x[2], x[3]
			mean, square := m+2*rate*(g-m), v+rate*(g*g-v)
			norm := math.Sqrt(square) + eps
			size := math.Abs(m) + math.Abs(g)
			return []estimate{
				{0.75*w - lr*mean/norm, 16 * ε * (math.Abs(w) + lr*size/norm)},
				{mean, 2 * ε * size}, {square, 2 * ε * (v + g*g)},
			}
		}, 2},
}

// moments are the streams between the weights and the gradient.
func (c vectorKernel) moments(v [][]float32) [][]float32 { return v[1 : c.streams-1] }

// A weight without gradient for thousands of steps has moments of zero, and
// none of them was subnormal on the way.
func TestMomentsFadeToZeroWithoutSubnormals(t *testing.T) {
	const n, steps, flush = 21, 3000, 0x1p-100
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(31, 32))
		for _, c := range optimizers {
			v := make([][]float32, c.streams)
			for s := range v {
				v[s] = make([]float32, n)
			}
			for _, moment := range c.moments(v) {
				for i := range moment {
					moment[i] = float32(math.Ldexp(1+rnd.Float64(), rnd.IntN(40)-20))
				}
			}
			for step := range steps {
				c.call(k, v)
				for _, moment := range c.moments(v) {
					for _, x := range moment {
						if x != 0 && (x < flush || step == steps-1) {
							t.Fatalf("%s: moment %g after %d steps", c.name, x, step+1)
						}
					}
				}
			}
		}
	})
}

// Where nothing was learned and there is nothing to learn, nothing changes, even if only the
// last gradient counts.
func TestZerosStayZeros(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		w, zeros := []float32{1, -2, 0, 4, 5, -6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, make([]float32, 17)
		m, v, got := slices.Clone(zeros), slices.Clone(zeros), slices.Clone(w)
		k.RMSprop(got, v, zeros, 0.1, 1, eps)
		suite.RequireSame(t, "RMSprop: w", got, w)
		suite.RequireSame(t, "RMSprop: v", v, zeros)
		k.Adam(got, m, v, zeros, kernels.AdamStep{LR: 0.1, C1: 1, C2: 1, Eps: eps, Decay: 1})
		suite.RequireSame(t, "Adam: w", got, w)
		suite.RequireSame(t, "Adam: m", m, zeros)
		suite.RequireSame(t, "Adam: v", v, zeros)
	})
}

// holds lists the optimizers with a rate that leaves a moment as it is.
var holds = []struct {
	name   string
	signed bool
	call   func(k *kernels.Core, w, moment, zero []float32)
}{
	{"Momentum v", true, func(k *kernels.Core, w, v, zero []float32) { k.Momentum(w, v, zero, 0, 1) }},
	{"Nesterov v", true, func(k *kernels.Core, w, v, zero []float32) { k.Nesterov(w, v, zero, 0, 1) }},
	{"RMSprop v", false, func(k *kernels.Core, w, v, zero []float32) { k.RMSprop(w, v, zero, 0, 0, 1) }},
	{"Adam m", true, func(k *kernels.Core, w, m, zero []float32) {
		k.Adam(w, m, make([]float32, len(w)), zero, kernels.AdamStep{Eps: 1, Decay: 1})
	}},
	{"Adam v", false, func(k *kernels.Core, w, v, zero []float32) {
		k.Adam(w, make([]float32, len(w)), v, zero, kernels.AdamStep{Eps: 1, Decay: 1})
	}},
}

func TestMomentsAreFlushedBelow2ToMinus100(t *testing.T) {
	below := math.Nextafter32(0x1p-100, 0)
	was := []float32{0x1p-100, below, 0x1p-126, 1e-40, math.SmallestNonzeroFloat32, 0, nan, 1, 0x1.8p-100}
	want := []float32{0x1p-100, 0, 0, 0, 0, 0, nan, 1, 0x1.8p-100}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for _, h := range holds {
			for _, sign := range []float32{1, -1} {
				if sign < 0 && !h.signed {
					continue
				}
				moment, expected := make([]float32, len(was)), make([]float32, len(was))
				for i := range was {
					moment[i] = sign * was[i]
					if want[i] != 0 { // flushed to +0
						expected[i] = sign * want[i]
					}
				}
				h.call(k, make([]float32, len(was)), moment, make([]float32, len(was)))
				suite.RequireSame(t, h.name, moment, expected)
			}
		}
	})
}

// A mean of squares stays at or above zero, whatever the magnitudes: its root
// is never NaN.
func TestMeanSquaresAreNeverNegative(t *testing.T) {
	const n = 1000
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(33, 34))
		w, v, g := make([]float32, n), make([]float32, n), make([]float32, n)
		for range suite.Rounds(100) {
			c := []float32{0.001, 0.1, 0.5, 0.9, 1}[rnd.IntN(5)]
			for i := range v {
				g[i] = float32(math.Ldexp(rnd.Float64()-0.5, rnd.IntN(100)-50))
				v[i] = g[i] * g[i] * float32(math.Ldexp(1+rnd.Float64(), rnd.IntN(40)-20))
			}
			k.RMSprop(w, v, g, lr, c, eps)
			for i, x := range v {
				if !(x >= 0) {
					t.Fatalf("v[%d] = %g with gradient %g, rate %g", i, x, g[i], c)
				}
			}
		}
	})
}
