package micro

import "math"

// GemmFunc computes a column of register tiles, one below the other, each of r
// rows and NR columns:
//
//	c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j])    p = 0..k-1 ascending
//
// with one rounding a product (fused multiply-add), and gate(v) = 0 where
// v ≤ lo, else v: lo = 0 is ReLU, lo = NaN lets everything through. Rows of a,
// b, init and c lie rsa, rsb, rsinit and rsc elements apart, columns of a csa
// elements; columns of b, init and c are neighbours. From tile to tile, a goes
// on by tsa elements, init and c by r rows. init may be c, or a single row with
// rsinit = 0. There must be at least one tile.
type GemmFunc func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb int, init *float32, rsinit int, c *float32, rsc int, lo float32)

// None is the lo of a GemmFunc that lets everything through.
var None = float32(math.NaN())

// The kinds of element-wise kernels, by their streams and scalars. n is the
// number of elements and may be 0. Streams may be equal, but not overlap
// otherwise.
type (
	Map2       func(n int, y, x *float32)
	Map2x1     func(n int, y, x *float32, a float32)
	Map2x2     func(n int, y, x *float32, a, b float32)
	Map3       func(n int, z, x, y *float32)
	Map3x1     func(n int, z, x, y *float32, a float32)
	Map3x2     func(n int, x, y, z *float32, a, b float32)
	Map3x3     func(n int, x, y, z *float32, a, b, c float32)
	Map4x5     func(n int, x, y, z, t *float32, a, b, c, d, e float32)
	MapBytes   func(n int, y *float32, x *uint8, a float32)
	Reduce1    func(n int, x, lanes *float32)
	Reduce2    func(n int, x, y, lanes *float32)
	ReduceMap1 func(n int, y, x, lanes *float32, a float32)
)

// Lanes is the number of partial results of a reduction: element i goes to
// partial result i mod Lanes on every tier. The n of a reduction is a multiple
// of it.
const Lanes = 16

// A Set is a tier: what it is called, whether it can run here, and its kernels.
type Set struct {
	Name     string
	Unusable string // why this machine cannot run it; "" if it can
	Slow     bool   // another tier is faster here, though this one is wider
	Kernels
}

// Kernels are the register tile and the functions of a tier. The formula of each
// stands at its generic function.
type Kernels struct {
	MR, NR int        // the largest register tile
	Gemm   []GemmFunc // Gemm[r-1] has r rows, r = 1..MR

	// Peak does nothing but n·PeakFlops floating-point operations, as fused
	// multiply-adds on registers.
	Peak      func(n int)
	PeakFlops int

	Add    Map2
	Scale  Map2x1
	Divide Map2x1
	Pixels MapBytes

	ReLU        Map2
	ReLUGrad    Map3
	Exp         Map2
	Sigmoid     Map2
	SigmoidGrad Map3
	Tanh        Map2
	TanhGrad    Map3
	SoftmaxGrad Map3x1

	Residual    Map3x1
	PenaltyGrad Map2x2

	SGD      Map2x1
	Momentum Map3x2
	Nesterov Map3x2
	RMSprop  Map3x3
	Adam     Map4x5

	MaxLanes      Reduce1
	SumAbsLanes   Reduce1
	DotLanes      Reduce2
	DistanceLanes Reduce2
	ExpLanes      ReduceMap1
}

// Sets lists the tiers that this binary has, slowest first.
func Sets() []Set { return append([]Set{generic}, native()...) }
