package micro

import "math"

// GemmFunc computes a number of register tiles in a row or a column, each of r
// rows and NR columns:
//
//	c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j])    p = 0..k-1 ascending
//
// with one rounding a product (fused multiply-add), and gate(v) = 0 where
// v ≤ lo, else v: lo = 0 is ReLU, lo = NaN lets everything through. Rows of a,
// b, init and c lie rsa, rsb, rsinit and rsc elements apart, columns of a csa
// elements; rsa or csa is 1, and
// columns of b, init and c are neighbours. From tile to tile, they go
// on by tsa, tsb, tsinit and tsc elements. init may be c, or a single row with
// rsinit = 0. There must be at least one tile.
//
// cols is NR, or, on a tier that Masks, less by fewer than Vector: then the
// columns beyond are neither read nor written.
//
// ahead is a hint of what will be read next, in elements from b: a tier may ask
// the caches for it meanwhile, and go on by stepAhead every AheadEvery values of p.
type GemmFunc func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb, tsb int, init *float32, rsinit, tsinit int, c *float32, rsc, tsc, cols int, lo float32, ahead, stepAhead int)

// GemvFunc adds the product of a row vector and a matrix to c:
//
//	c[j] += Σₚ a[p]·b[p][j]    j = 0..n-1, p = 0..k-1 ascending
//
// with one rounding a product (fused multiply-add). Elements of a lie csa elements
// apart, rows of b rsb.
type GemvFunc func(n, k int, c, a *float32, csa int, b *float32, rsb int)

// SparseFunc adds the product of a sparse matrix and a dense one to c, in a number
// of vectors:
//
//	c[i][j] += Σₜ values[t]·b[columns[t]][j]    t = spans[2i]..spans[2i+1]-1 ascending
//
// with one rounding a product (fused multiply-add). Rows of b and c lie rsb and rsc
// elements apart; vector v of a row of b begins at element bs[v], those of c are
// neighbours. There is at least one row.
type SparseFunc func(rows int, spans, columns *int32, values, b *float32, rsb int, bs *int, c *float32, rsc int)

// SparseUpdateFunc is an optimizer whose gradient is the product of a sparse matrix
// and a dense one, in a number of vectors:
//
//	g[i][j] = Σₜ values[t]·b[columns[t]][j]    t = spans[2i]..spans[2i+1]-1 ascending
//
// from 0, with one rounding a product (fused multiply-add). Rows of b lie rsb
// elements apart, those of w, m and v rs; vectors of b are neighbours, vector i of
// a row of the others begins at element places[i]. An optimizer with fewer moments
// does not look at v, or m. scalars are those of the optimizer; watch is a vector
// to which 0·w is added, so that it shows a w that is not finite. If still is not 0, w
// and moments of 0 stay as they are where the gradient is 0: such rows may be passed
// over. There is at least one row.
type SparseUpdateFunc func(rows int, spans, columns *int32, values, b *float32, rsb int, w, m, v *float32, rs int, places *int, still int, watch, scalars *float32)

// NonZeroFunc lists the bytes that are not zero, as float32(x[i])/a, and their
// columns, first+i, in ascending i < n, and returns how many they are. n is a
// multiple of 8, and not 0. The lists have room for n elements, all of which may be
// written. Bytes that lie ahead of those of x may be prefetched.
type NonZeroFunc func(n int, columns *int32, values *float32, x *uint8, a float32, first, ahead int) int

// NonZeroFloatsFunc is NonZeroFunc of numbers, as they are.
type NonZeroFloatsFunc func(n int, columns *int32, values, x *float32, first, ahead int) int

// MoveFunc writes α·src, of rows × cols elements, to dst or, a transposing one,
// its transpose of cols × rows. Rows lie rsd and rss elements apart; columns are
// neighbours. dst may be src where their rows are the same, but not overlap it
// otherwise. ahead is a hint of what will be read next, in elements from each row of
// src: a tier may ask the caches for it.
type MoveFunc func(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, ahead int)

// None is the lo of a GemmFunc that lets everything through.
var None = float32(math.NaN())

// The kinds of element-wise kernels of which there are several, by their streams and scalars. n is the
// number of elements and may be 0. Streams may be equal, but not overlap
// otherwise.
type (
	Map2    func(n int, y, x *float32)
	Map2x1  func(n int, y, x *float32, a float32)
	Map3    func(n int, z, x, y *float32)
	Map3x1  func(n int, z, x, y *float32, a float32)
	Map3x2  func(n int, x, y, z *float32, a, b float32)
	Reduce1 func(n int, x, lanes *float32)
	Reduce2 func(n int, x, y, lanes *float32)
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

// A Tile is a register tile of GEMM of NR columns and any height up to MR.
type Tile struct {
	MR, NR int
	Gemm   []GemmFunc // Gemm[r-1] has r rows, r = 1..MR
}

// Kernels are the register tiles and the functions of a tier. The formula of each
// stands at its generic function.
type Kernels struct {
	Vector int    // float32 in a vector
	Tiles  []Tile // of GEMM, widest first; the last one has one vector
	Masks  bool   // tiles can leave out the last columns

	AheadEvery int // values of p; see GemmFunc

	Gemv          GemvFunc
	Sparse        []SparseFunc // Sparse[v-1] is for v vectors
	NonZero       NonZeroFunc
	NonZeroFloats NonZeroFloatsFunc
	Copy          MoveFunc
	Transpose     MoveFunc

	// Peak does nothing but n·PeakFlops floating-point operations, as fused
	// multiply-adds on registers.
	Peak      func(n int)
	PeakFlops int

	Add    Map2
	Scale  Map2x1
	Divide Map2x1
	Pixels func(n int, y *float32, x *uint8, a float32)

	ReLU        Map2
	ReLUGrad    Map3
	Exp         Map2
	Sigmoid     Map2
	SigmoidGrad Map3
	Tanh        Map2
	TanhGrad    Map3
	SoftmaxGrad Map3x1

	Residual    Map3x1
	PenaltyGrad func(n int, grad, w *float32, l1, l2 float32)

	SGD      Map2x1
	Momentum Map3x2
	Nesterov Map3x2
	RMSprop  func(n int, w, v, grad *float32, lr, c, eps float32)
	Adam     func(n int, w, m, v, grad *float32, lr, c1, c2, eps, decay float32)

	// The sparse updates at i are for 2ⁱ vectors. A tier need not have any.
	SparseSGD, SparseMomentum, SparseNesterov, SparseRMSprop, SparseAdam []SparseUpdateFunc

	MaxLanes      Reduce1
	SumAbsLanes   Reduce1
	DotLanes      Reduce2
	DistanceLanes Reduce2
	ExpLanes      func(n int, y, x, lanes *float32, a float32)
}

// Sets lists the tiers that this binary has, slowest first.
func Sets() []Set { return append([]Set{generic}, native()...) }
