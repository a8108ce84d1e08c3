package kernels

import (
	"math"
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// A reduction puts element i in partial result i mod 16 and folds the 16
// pairwise at the end: the same sums in the same order on every tier.

// Dot returns Σ x[i]·y[i].
func (k *Core) Dot(x, y []float32) float32 { return k.reduce2(k.set.DotLanes, x, y) }

// Distance returns Σ (x[i]-y[i])².
func (k *Core) Distance(x, y []float32) float32 { return k.reduce2(k.set.DistanceLanes, x, y) }

// SumAbs returns Σ |x[i]|.
func (k *Core) SumAbs(x []float32) float32 {
	clear(k.lanes[:])
	k.reduce1(k.set.SumAbsLanes, x, 0)
	return k.foldSum()
}

// Finite reports whether no x[i] is infinite or NaN.
func (k *Core) Finite(x []float32) bool {
	sum := k.SumAbs(x)
	// Numbers may have an infinite sum.
	return sum-sum == 0 || !slices.ContainsFunc(x, func(v float32) bool { return v-v != 0 })
}

// max returns the largest x[i], passing over NaN; -Inf if there is none.
func (k *Core) max(x []float32) float32 {
	largest := float32(math.Inf(-1))
	if len(x) >= micro.Lanes {
		padded(&k.lanes, nil, largest)
		k.reduce1(k.set.MaxLanes, x, largest)
		x = k.lanes[:]
	}
	for _, v := range x {
		if v > largest {
			largest = v
		}
	}
	return largest
}

// expSum computes y[i] = exp(x[i]-a) and returns Σ y[i].
func (k *Core) expSum(y, x []float32, a float32) float32 {
	clear(k.lanes[:])
	whole := len(x) / micro.Lanes * micro.Lanes
	for lo, hi := range pieces(whole) {
		k.set.ExpLanes(hi-lo, &y[lo], &x[lo], &k.lanes[0], a)
	}
	if whole < len(x) {
		in, out := padded(&k.rest[0], x[whole:], float32(math.Inf(-1))), &k.rest[1]
		k.set.ExpLanes(micro.Lanes, &out[0], in, &k.lanes[0], a)
		copy(y[whole:], out[:])
	}
	return k.foldSum()
}

func (k *Core) reduce1(f micro.Reduce1, x []float32, neutral float32) {
	whole := len(x) / micro.Lanes * micro.Lanes
	for lo, hi := range pieces(whole) {
		f(hi-lo, &x[lo], &k.lanes[0])
	}
	if whole < len(x) {
		f(micro.Lanes, padded(&k.rest[0], x[whole:], neutral), &k.lanes[0])
	}
}

func (k *Core) reduce2(f micro.Reduce2, x, y []float32) float32 {
	if len(x) != len(y) {
		panic(badLength)
	}
	clear(k.lanes[:])
	whole := len(x) / micro.Lanes * micro.Lanes
	for lo, hi := range pieces(whole) {
		f(hi-lo, &x[lo], &y[lo], &k.lanes[0])
	}
	if whole < len(x) {
		f(micro.Lanes, padded(&k.rest[0], x[whole:], 0), padded(&k.rest[1], y[whole:], 0), &k.lanes[0])
	}
	return k.foldSum()
}

// padded copies x to the front of buf and fills the rest with a number that
// does not change the result.
func padded(buf *[micro.Lanes]float32, x []float32, neutral float32) *float32 {
	for i := copy(buf[:], x); i < len(buf); i++ {
		buf[i] = neutral
	}
	return &buf[0]
}

// foldSum adds the partial results: the upper half to the lower, and so on.
func (k *Core) foldSum() float32 {
	l := &k.lanes
	quarter := func(i int) float32 { return (l[i] + l[i+8]) + (l[i+4] + l[i+12]) }
	return (quarter(0) + quarter(2)) + (quarter(1) + quarter(3))
}
