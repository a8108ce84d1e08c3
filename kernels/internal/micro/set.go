package micro

import "math"

// None is the lo of a GemmFunc that lets everything through.
var None = float32(math.NaN())

// The kinds of element-wise kernels of which there are several, by their streams and
// scalars. n is the number of elements and may be 0. Streams may be equal, but not
// overlap otherwise.
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

	Peak      PeakFunc
	PeakFlops int // for each n

	Vectors

	// The sparse updates at i are for 2ⁱ vectors. A tier need not have any.
	SparseSGD, SparseMomentum, SparseNesterov, SparseRMSprop, SparseAdam []SparseUpdateFunc
}

// Sets lists the tiers that this binary has, slowest first.
func Sets() []Set { return append([]Set{generic}, native()...) }
