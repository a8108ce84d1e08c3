// Command amd64 generates the assembly kernels for amd64 with avo. It runs in
// kernels/internal/micro (go generate), where the element-wise kernels are, and
// writes a .s file, its Go stubs and a table of its kernels for each instruction
// set.
//
// gemm.go holds the register tiles of GEMM, gemv.go is for one row, sparse.go for few
// elements that are not zero, sparse_update.go for optimizers of their gradients,
// nonzero.go finds them, move.go and transpose.go move matrices, vector.go lowers the
// element-wise kernels of asm/formula, isa.go says what an instruction set offers,
// peak.go measures the ceiling, rows.go addresses rows, sequences.go has what several
// kernels need.
package main

import (
	"errors"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/buildtags"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

func main() {
	formula.Main("amd64", func() error { return errors.Join(generate(avx2), generate(avx512)) })
}

// generate writes the files of one instruction set.
func generate(s isa) error {
	g := &generator{Context: build.NewContext(), isa: s, constants: map[uint32]operand.Mem{}}
	g.Constraints(buildtags.And(buildtags.Not("purego"), buildtags.Not("noasm")))
	for _, t := range s.Tiles {
		for rows := range t.Rows {
			g.gemm(rows+1, t.Vectors)
		}
	}
	g.gemv()
	for vectors := range formula.SparseVectors {
		g.sparse(vectors + 1)
	}
	if s.NonZero == s.Suffix {
		g.nonZero()
	}
	g.copy()
	g.transpose()
	g.peak()
	for _, k := range formula.Kernels {
		g.vector(k)
	}
	for _, k := range formula.Optimizers {
		for _, vectors := range formula.SparseUpdateVectors {
			g.sparseUpdate(k, vectors)
		}
	}
	file, err := g.Result()
	if err != nil {
		return err
	}
	g.broadcastConstants(file)
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}

	config := printer.Config{Name: "asm/amd64", Pkg: "micro"}
	assembly, err := printer.NewGoAsm(config).Print(file)
	if err != nil {
		return err
	}
	stubs, err := printer.NewStubs(config).Print(file)
	if err != nil {
		return err
	}
	return s.Write("amd64", assembly, stubs)
}
