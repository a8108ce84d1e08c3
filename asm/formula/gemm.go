package formula

import "fmt"

// GemmOperands are those of its parameters that point to the tile at hand. From
// tile to tile, each goes on by the elements that its parameter ts… says.
var GemmOperands = []string{"a", "b", "init", "c"}

// A Tile is a register tile of GEMM: rows × vectors of accumulators.
type Tile struct{ Rows, Vectors int }

// AheadEvery is the number of values of p between two requests to the caches.
const AheadEvery = 4

// Gemm is the tile of that size.
func Gemm(rows, cols int) Function {
	const doc = "c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]), i < %d, j < %d, for each of a row of tiles; see GemmFunc"
	return Function{fmt.Sprintf("gemm%dx%d", rows, cols), "GemmFunc", fmt.Sprintf(doc, rows, cols)}
}
