package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// gemv reads that many rows of b at once, and of each a piece of so many elements.
const (
	gemvRows  = 2
	gemvPiece = 16
)

// Registers of gemv, beside those of the kernels that move matrices: k takes the
// place of their rows, n that of their columns, c that of dst, b that of src.
//
//	V0–V3    a piece of c
//	V4–V7    a piece of a row of b
//	V16–V17  elements of a, in lane 0
const (
	gemvA      = "R12"
	gemvStepA  = "R13"
	gemvVector = 4
	gemvX      = 16
)

// gemv generates c[j] += Σₚ a[p]·b[p][j] in sweeps over c, each of which adds a few
// rows of b.
func (e *emitter) gemv() {
	e.begin(formula.Gemv)
	e.loadParam("k", moveRows)
	e.loadParam("c", dstRows)
	e.loadParam("a", gemvA)
	e.loadStride("csa", gemvStepA)
	e.loadParam("b", srcRows)
	e.loadStride("rsb", srcStep)
	e.pieces("rows", moveRows, gemvRows, func(rows int) {
		for i := range rows {
			e.emit("FMOVS (%s), F%d", gemvA, gemvX+i)
			e.emit("ADD %s, %s", gemvStepA, gemvA)
			e.emit("MOVD %s, %s", srcRows, srcAt(i))
			e.emit("ADD %s, %s", srcStep, srcRows)
		}
		e.emit("MOVD %s, %s", dstRows, dstAt)
		e.loadParam("n", moveCols)
		e.pieces(fmt.Sprintf("rows%dcols", rows), moveCols, gemvPiece, func(elements int) { e.gemvPiece(rows, elements) })
	})
	e.emit("RET")
}

// gemvPiece adds a piece of each row to one of c. It works on whole vectors, but
// reads and writes only the elements of the piece.
func (e *emitter) gemvPiece(rows, elements int) {
	vectors, move, size := moveOf(elements)
	for v := range vectors {
		e.emit("%s %d(%s), F%d", move, size*v, dstAt, v)
	}
	for i := range rows {
		for v := range vectors {
			e.emit("%s.P %d(%s), F%d", move, size, srcAt(i), gemvVector+v)
			e.vector(fmlaElement, v, gemvVector+v, gemvX+i)
		}
	}
	for v := range vectors {
		e.emit("%s.P F%d, %d(%s)", move, v, size, dstAt)
	}
}
