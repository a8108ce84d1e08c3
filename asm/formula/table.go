package formula

import (
	"fmt"
	"go/format"
	"strings"
)

// A Tile is the largest register tile of a tier: rows × vectors of lanes numbers.
type Tile struct{ Rows, Vectors, Lanes int }

// Cols is the number of columns of the tile.
func (t Tile) Cols() int { return t.Vectors * t.Lanes }

// Table returns the Go source of a tier's kernels as a value of micro.Kernels.
// The header comes first; suffix is that of the tier's functions.
func Table(header, suffix string, t Tile) ([]byte, error) {
	var b strings.Builder
	b.WriteString(header)
	fmt.Fprintf(&b, "package micro\n\nvar kernels%s = Kernels{\n", suffix)
	fmt.Fprintf(&b, "MR: %d, NR: %d,\nGemm: []GemmFunc{\n", t.Rows, t.Cols())
	for rows := range t.Rows {
		fmt.Fprintf(&b, "%s%s,\n", GemmName(rows+1, t.Cols()), suffix)
	}
	// A multiply-add is two operations on each lane of each accumulator.
	flops := 2 * t.Lanes * t.Rows * t.Vectors * PeakRounds
	fmt.Fprintf(&b, "},\nPeak: %s%s, PeakFlops: %d,\n\n", PeakName, suffix, flops)
	for _, k := range Kernels() {
		fmt.Fprintf(&b, "%s: %s%s,\n", k.field(), k.Name, suffix)
	}
	b.WriteString("}\n")
	return format.Source([]byte(b.String()))
}

// field is the kernel's field of micro.Kernels.
func (k Kernel) field() string {
	for name, field := range map[string]string{"relu": "ReLU", "sgd": "SGD", "rms": "RMS"} {
		if rest, ok := strings.CutPrefix(k.Name, name); ok {
			return field + rest
		}
	}
	return strings.ToUpper(k.Name[:1]) + k.Name[1:]
}
