package micro

import (
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
)

// A vectorKernel is a row of the table by which every element-wise kernel is
// tested on every tier: how many float32 streams it has and how to call it.
type vectorKernel struct {
	name    string
	streams int
	reduce  bool // the last stream is the Lanes partial results
	call    func(s *Set, n int, v []*float32, x *uint8, a []float32)
}

func map2(name string, f func(*Set) Map2) vectorKernel {
	return vectorKernel{name, 2, false, func(s *Set, n int, v []*float32, _ *uint8, _ []float32) { f(s)(n, v[0], v[1]) }}
}

func map2x1(name string, f func(*Set) Map2x1) vectorKernel {
	return vectorKernel{name, 2, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) { f(s)(n, v[0], v[1], a[0]) }}
}

func map3(name string, f func(*Set) Map3) vectorKernel {
	return vectorKernel{name, 3, false, func(s *Set, n int, v []*float32, _ *uint8, _ []float32) { f(s)(n, v[0], v[1], v[2]) }}
}

func map3x1(name string, f func(*Set) Map3x1) vectorKernel {
	return vectorKernel{name, 3, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) { f(s)(n, v[0], v[1], v[2], a[0]) }}
}

func map3x2(name string, f func(*Set) Map3x2) vectorKernel {
	return vectorKernel{name, 3, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) { f(s)(n, v[0], v[1], v[2], a[0], a[1]) }}
}

func reduce1(name string, f func(*Set) Reduce1) vectorKernel {
	return vectorKernel{name, 2, true, func(s *Set, n int, v []*float32, _ *uint8, _ []float32) { f(s)(n, v[0], v[1]) }}
}

func reduce2(name string, f func(*Set) Reduce2) vectorKernel {
	return vectorKernel{name, 3, true, func(s *Set, n int, v []*float32, _ *uint8, _ []float32) { f(s)(n, v[0], v[1], v[2]) }}
}

var vectorKernels = []vectorKernel{
	map2("Add", func(s *Set) Map2 { return s.Add }),
	map2x1("Scale", func(s *Set) Map2x1 { return s.Scale }),
	map2x1("Divide", func(s *Set) Map2x1 { return s.Divide }),
	{"Pixels", 1, false, func(s *Set, n int, v []*float32, x *uint8, a []float32) { s.Pixels(n, v[0], x, a[0]) }},
	map2("ReLU", func(s *Set) Map2 { return s.ReLU }),
	map3("ReLUGrad", func(s *Set) Map3 { return s.ReLUGrad }),
	map2("Exp", func(s *Set) Map2 { return s.Exp }),
	map2("Sigmoid", func(s *Set) Map2 { return s.Sigmoid }),
	map3("SigmoidGrad", func(s *Set) Map3 { return s.SigmoidGrad }),
	map2("Tanh", func(s *Set) Map2 { return s.Tanh }),
	map3("TanhGrad", func(s *Set) Map3 { return s.TanhGrad }),
	map3x1("SoftmaxGrad", func(s *Set) Map3x1 { return s.SoftmaxGrad }),
	map3x1("Residual", func(s *Set) Map3x1 { return s.Residual }),
	{"PenaltyGrad", 2, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) {
		s.PenaltyGrad(n, v[0], v[1], abs(a[0]), a[1])
	}},
	map2x1("SGD", func(s *Set) Map2x1 { return s.SGD }),
	map3x2("Momentum", func(s *Set) Map3x2 { return s.Momentum }),
	map3x2("Nesterov", func(s *Set) Map3x2 { return s.Nesterov }),
	{"RMSprop", 3, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) {
		s.RMSprop(n, v[0], v[1], v[2], a[0], a[1], a[2])
	}},
	{"Adam", 4, false, func(s *Set, n int, v []*float32, _ *uint8, a []float32) {
		s.Adam(n, v[0], v[1], v[2], v[3], a[0], a[1], a[2], a[3], a[4])
	}},
	reduce1("MaxLanes", func(s *Set) Reduce1 { return s.MaxLanes }),
	reduce1("SumAbsLanes", func(s *Set) Reduce1 { return s.SumAbsLanes }),
	reduce2("DotLanes", func(s *Set) Reduce2 { return s.DotLanes }),
	reduce2("DistanceLanes", func(s *Set) Reduce2 { return s.DistanceLanes }),
	{"ExpLanes", 3, true, func(s *Set, n int, v []*float32, _ *uint8, a []float32) {
		s.ExpLanes(n, v[0], v[1], v[2], a[0])
	}},
}

// usable returns the tiers that this machine can run.
func usable() []Set {
	var sets []Set
	for _, s := range Sets() {
		if s.Unusable == "" {
			sets = append(sets, s)
		}
	}
	return sets
}

// forTiers runs the test on every tier but the generic one, which is the
// reference; it says so where there is no other.
func forTiers(t *testing.T, test func(t *testing.T, s *Set)) {
	for _, s := range usable()[1:] {
		t.Run("tier="+s.Name, func(t *testing.T) { test(t, &s) })
	}
}

// special are the numbers at which kernels tend to differ.
var special = []float32{
	0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	1, -1, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32, 1e-40, -1e-40, 0x1p-126,
	0x1p-100, 0x1.fffffep-101, -0x1p-101, 0.55, -0.54999995, 88.72283, 88.72284, -87.33654, -87.33655, 104, -104,
}

// fill sets x to random numbers of all magnitudes, a few of them special.
func fill(rnd *rand.Rand, x []float32) {
	for i := range x {
		switch rnd.IntN(8) {
		case 0:
			x[i] = special[rnd.IntN(len(special))]
		case 1:
			x[i] = float32(rnd.NormFloat64() * math.Exp(20*rnd.NormFloat64()))
		default:
			x[i] = float32(rnd.NormFloat64())
		}
	}
}

// guarded copies x against a protected page.
func guarded(tb testing.TB, x []float32, side guard.Side) []float32 {
	y := guard.Floats(tb, len(x), side)
	copy(y, x)
	return y
}

func guardedInts(tb testing.TB, n int, side guard.Side) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(guard.Floats(tb, n, side)))), n)
}

func pointers(streams [][]float32) []*float32 {
	ps := make([]*float32, len(streams))
	for i, s := range streams {
		ps[i] = unsafe.SliceData(s)
	}
	return ps
}
