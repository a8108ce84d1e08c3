package formula

import "fmt"

// GemmSignature is the Go signature of a row or column of register tiles of GEMM.
const GemmSignature = "func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb, tsb int, init *float32, rsinit, tsinit int, c *float32, rsc, tsc, cols int, lo float32, ahead, stepAhead int)"

// GemmOperands are those of its parameters that point to the tile at hand. From
// tile to tile, each goes on by the elements that its parameter ts… says.
var GemmOperands = []string{"a", "b", "init", "c"}

// A Tile is a register tile of GEMM: rows × vectors of accumulators.
type Tile struct{ Rows, Vectors int }

// AheadEvery is the number of values of p between two requests to the caches.
const AheadEvery = 4

// GemmName is the name of the tile of that size, without its tier.
func GemmName(rows, cols int) string { return fmt.Sprintf("gemm%dx%d", rows, cols) }

// GemmDoc is the formula of the tile of that size, for its doc comment.
func GemmDoc(rows, cols int) string {
	return fmt.Sprintf("c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]), i < %d, j < %d, for each of a row of tiles; see GemmFunc.", rows, cols)
}

// Gemv multiplies a row vector by a matrix; see GemvFunc.
const (
	GemvName      = "gemv"
	GemvSignature = "func(n, k int, c, a *float32, csa int, b *float32, rsb int)"
	GemvDoc       = "c[j] += Σₚ a[p]·b[p][j], j < n, in ascending p < k."
)

// Copy and transpose move matrices; see MoveFunc.
const (
	MoveSignature = "func(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, ahead int)"
	CopyName      = "copy"
	CopyDoc       = "dst[i][j] = α·src[i][j], i < rows, j < cols."
	TransposeName = "transpose"
	TransposeDoc  = "dst[j][i] = α·src[i][j], i < rows, j < cols."
)

// Peak is a kernel that does nothing but n·PeakRounds fused multiply-adds of
// vectors for each of several accumulators, on registers alone: the ceiling of
// what GEMM can reach.
const (
	PeakName      = "peak"
	PeakSignature = "func(n int)"
	PeakDoc       = "n rounds of fused multiply-adds on registers; see Set.Peak."
	PeakRounds    = 4
)
