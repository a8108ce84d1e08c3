package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A vectorKernel is an element-wise method of Core. The results replace its
// first streams.
type vectorKernel struct {
	name    string
	streams int
	call    func(k *kernels.Core, v [][]float32)
	define  func(x []float64) []estimate // of one element of each stream
	square  int                          // a stream that is never negative; 0 for none
}

// An estimate is a number and how far a float32 result may be from it.
type estimate struct{ want, tolerance float64 }

const ε = 0x1p-24 // the relative error of one rounding

// rounded is the estimate of a single result after that many roundings.
func rounded(roundings, want float64) []estimate {
	return []estimate{{want, roundings * ε * math.Abs(want)}}
}

func (e estimate) fits(got float32) bool {
	switch {
	case math.IsNaN(e.want):
		return got != got
	case math.Abs(e.want) > math.MaxFloat32:
		return got == float32(e.want)
	}
	return math.Abs(float64(got)-e.want) <= e.tolerance+0x1p-149
}

var maps = []vectorKernel{
	{"Add", 2, func(k *kernels.Core, v [][]float32) { k.Add(v[0], v[1]) },
		func(x []float64) []estimate { return rounded(1, x[0]+x[1]) }, 0},
	{"Scale", 2, func(k *kernels.Core, v [][]float32) { k.Scale(v[0], v[1], -0.75) },
		func(x []float64) []estimate { return rounded(1, -0.75*x[1]) }, 0},
	{"Divide", 2, func(k *kernels.Core, v [][]float32) { k.Divide(v[0], v[1], 3) },
		func(x []float64) []estimate { return rounded(1, x[1]/3) }, 0},
	{"ReLU", 2, func(k *kernels.Core, v [][]float32) { k.ReLU(v[0], v[1]) },
		func(x []float64) []estimate { return rounded(0, gate(x[1], x[1])) }, 0},
	{"ReLUGrad", 3, func(k *kernels.Core, v [][]float32) { k.ReLUGrad(v[0], v[1], v[2]) },
		func(x []float64) []estimate { return rounded(0, gate(x[1], x[2])) }, 0},
	{"Exp", 2, func(k *kernels.Core, v [][]float32) { k.Exp(v[0], v[1]) },
		func(x []float64) []estimate { return rounded(2, math.Exp(x[1])) }, 0},
	{"Sigmoid", 2, func(k *kernels.Core, v [][]float32) { k.Sigmoid(v[0], v[1]) },
		func(x []float64) []estimate { return rounded(5, 1/(1+math.Exp(-x[1]))) }, 0},
	{"SigmoidGrad", 3, func(k *kernels.Core, v [][]float32) { k.SigmoidGrad(v[0], v[1], v[2]) },
		func(x []float64) []estimate { return rounded(3, x[1]*(x[2]*(1-x[2]))) }, 0},
	{"Tanh", 2, func(k *kernels.Core, v [][]float32) { k.Tanh(v[0], v[1]) },
		func(x []float64) []estimate { return rounded(4, math.Tanh(x[1])) }, 0},
	{"TanhGrad", 3, func(k *kernels.Core, v [][]float32) { k.TanhGrad(v[0], v[1], v[2]) },
		func(x []float64) []estimate { return rounded(2, x[1]*(1-x[2]*x[2])) }, 0},
	{"Residual", 3, func(k *kernels.Core, v [][]float32) { k.Residual(v[0], v[1], v[2], 0.3) },
		func(x []float64) []estimate { return rounded(2, float64(float32(0.3))*(x[1]-x[2])) }, 0},
	{"PenaltyGrad", 2, func(k *kernels.Core, v [][]float32) { k.PenaltyGrad(v[0], v[1], 0.25, 0.125) },
		func(x []float64) []estimate {
			l1, l2 := 0.25*sign(x[1]), 0.25*x[1]
			return []estimate{{x[0] + l1 + l2, 2 * ε * (math.Abs(x[0]) + math.Abs(l1) + math.Abs(l2))}}
		}, 0},
}

// gate is 0 where y ≤ 0, else x.
func gate(x, y float64) float64 {
	if y <= 0 {
		return 0
	}
	return x
}

func sign(x float64) float64 {
	if x == 0 {
		return 0
	}
	return math.Copysign(1, x)
}

// ordinaryNumber is a random number that overflows nowhere; now and then a
// zero, an infinity or NaN.
func ordinaryNumber(rnd *rand.Rand) float32 {
	special := []float64{0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN()}
	if n := rnd.IntN(200); n < len(special) {
		return float32(special[n])
	}
	return float32(4 * rnd.NormFloat64())
}

// streamRoom is the part of an arena that a stream lies in, page-aligned, with
// numbers around it that must stay.
const streamRoom = 80

// views cuts the streams out of an arena, each misaligned in another way.
func (c vectorKernel) views(arena []float32, n, shift int) [][]float32 {
	var v [][]float32
	for s := range c.streams {
		at := s*streamRoom + 16 + (shift+5*s)%16
		v = append(v, arena[at:at+n:at+n])
	}
	return v
}

// check compares one call with the definition and with the generic tier.
func (c vectorKernel) check(t *testing.T, k *kernels.Core, arena []float32, n, shift int, rnd *rand.Rand) {
	t.Helper()
	for i := range arena {
		arena[i] = ordinaryNumber(rnd)
	}
	v := c.views(arena, n, shift)
	for i, x := range v[c.square] {
		if c.square > 0 && x < 0 {
			v[c.square][i] = -x
		}
	}
	before, generic := slices.Clone(arena), slices.Clone(arena)
	c.call(k, v)

	where := fmt.Sprintf("%s, n = %d, shift %d", c.name, n, shift)
	c.call(kernels.NewCore(kernels.Generic), c.views(generic, n, shift))
	suite.RequireSame(t, where+": against the generic tier", arena, generic)

	was := c.views(before, n, shift)
	x := make([]float64, c.streams)
	for i := range n {
		for s := range x {
			x[s] = float64(was[s][i])
		}
		for s, e := range c.define(x) {
			if got := v[s][i]; !e.fits(got) {
				t.Fatalf("%s: stream %d of %v is %v, want %v ± %.2g", where, s, x, got, e.want, e.tolerance)
			}
			was[s][i] = v[s][i]
		}
	}
	suite.RequireSame(t, where+": around the results", arena, before)
}

// Every element-wise kernel is its formula for all lengths and alignments, the
// same bits on every tier, and leaves all else as it was.
func TestVectorKernelsAreTheirFormulas(t *testing.T) {
	arena := guard.Floats(t, 4*streamRoom, guard.Before)
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(11, 12))
		for _, c := range slices.Concat(maps, optimizers) {
			for n := range 41 {
				for shift := range 16 {
					if !testing.Short() || (n+shift)%4 == 0 {
						c.check(t, k, arena[:c.streams*streamRoom], n, shift, rnd)
					}
				}
			}
		}
	})
}

// The output of a map may be any of its inputs.
func TestMapsWorkInPlace(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(13, 14))
		for _, c := range maps {
			for s := 1; s < c.streams; s++ {
				apart, shared := make([][]float32, c.streams), make([][]float32, c.streams)
				for i := range apart {
					apart[i] = randomVector(rnd, 37)
				}
				copy(apart[0], apart[s])
				for i := range shared {
					shared[i] = slices.Clone(apart[i])
				}
				shared[0] = shared[s]
				c.call(k, apart)
				c.call(k, shared)
				suite.RequireSame(t, fmt.Sprintf("%s into stream %d", c.name, s), shared[0], apart[0])
			}
		}
	})
}

func randomVector(rnd *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = ordinaryNumber(rnd)
	}
	return x
}

// Division rounds correctly: that of float64 has bits enough to be rounded again.
func TestPixelsOfEveryByte(t *testing.T) {
	bytes := guard.Bytes(t, 256, guard.After)
	for i := range bytes {
		bytes[i] = uint8(i)
	}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for _, a := range []float32{255, 1, 0.1, float32(math.Inf(1))} {
			for n := range 41 {
				for begin := 0; begin+n <= len(bytes); begin += max(1, n) {
					y := guard.Floats(t, n, guard.Side(begin%2))
					k.Pixels(y, bytes[begin:begin+n], a)
					for i, got := range y {
						if want := float32(float64(begin+i) / float64(a)); got != want {
							t.Fatalf("%d / %v = %v, want %v", begin+i, a, got, want)
						}
					}
				}
			}
		}
	})
}
