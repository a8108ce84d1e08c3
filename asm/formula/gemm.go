package formula

import "fmt"

// GemmSignature is the Go signature of a column of register tiles of GEMM.
const GemmSignature = "func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb int, init *float32, rsinit int, c *float32, rsc int, lo float32)"

// GemmName is the name of the tile of that size, without its tier.
func GemmName(rows, cols int) string { return fmt.Sprintf("gemm%dx%d", rows, cols) }

// GemmDoc is the formula of the tile of that size, for its doc comment.
func GemmDoc(rows, cols int) string {
	return fmt.Sprintf("c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]), i < %d, j < %d, for each of a column of tiles; see GemmFunc.", rows, cols)
}

// Peak is a kernel that does nothing but n·PeakRounds fused multiply-adds of
// vectors for each accumulator of the largest tile, on registers alone: the
// ceiling of what GEMM can reach.
const (
	PeakName      = "peak"
	PeakSignature = "func(n int)"
	PeakDoc       = "n rounds of fused multiply-adds on registers; see Set.Peak."
	PeakRounds    = 4
)
