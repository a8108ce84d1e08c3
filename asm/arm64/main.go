// Command arm64 generates the NEON kernels for arm64. It runs in
// kernels/internal/micro (go generate), where the element-wise kernels are, and
// writes neon_arm64.s, its Go stubs, neon_arm64.go, and the table of its kernels,
// neon_table_arm64.go.
//
// gemm.go holds the register tiles of GEMM and chains.go their inner loops,
// gemv.go is for one row, sparse.go for few elements that are not zero, move.go
// moves matrices, peak.go measures the ceiling, vector.go and lower.go turn the
// element-wise kernels of asm/formula into instructions, encode.go has those that Go's
// assembler lacks, emit.go writes the text.
package main

import "github.com/mnist-fast/mnist-fast/asm/formula"

// neon is in every arm64 processor. The tiles have up to 24 accumulators: eight
// are needed to keep two FMA units of four cycles busy, 16 for four units. NR =
// 16 divides the usual widths of layers; the lower tiles are for few rows.
var neon = formula.Tier{
	Suffix: "NEON", Lanes: 4, Chains: 24, NonZero: "Generic",
	Tiles: []formula.Tile{{Rows: 3, Vectors: 8}, {Rows: 6, Vectors: 4}, {Rows: 6, Vectors: 2}, {Rows: 6, Vectors: 1}},
}

func main() { formula.Main("arm64", generate) }

// generate writes the files.
func generate() error {
	e := new(emitter)
	for _, t := range neon.Tiles {
		for rows := range t.Rows {
			e.gemm(rows+1, t.Vectors)
		}
	}
	e.gemv()
	for vectors := range formula.SparseVectors {
		e.sparse(vectors + 1)
	}
	e.copy()
	e.transpose()
	e.peak()
	for _, k := range formula.Kernels {
		e.kernel(k)
	}
	return neon.Write("arm64", e.assembly(), e.declarations())
}
