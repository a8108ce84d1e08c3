package main

import (
	"fmt"
	"math/bits"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// General registers of the kernels that move matrices.
const (
	moveRows = "R0" // left to do
	moveCols = "R1" // left to do of the rows at hand
	dstRows  = "R2"
	dstStep  = "R3" // bytes between rows
	srcRows  = "R4"
	srcStep  = "R5" // bytes between rows
	dstAt    = "R6" // the next element to be written
)

// srcAt holds the next element to be read of row i of those at hand.
func srcAt(i int) string { return fmt.Sprintf("R%d", 8+i) }

// blockSize is the number of rows and columns of a block to be transposed.
const blockSize = 4

// Vector registers of the kernels that move matrices.
//
//	V0–V3    rows
//	V4–V7    pairs of them
//	V8–V11   columns
//	V31      α
const (
	rowPairs    = blockSize
	columns     = 2 * blockSize
	alphaVector = 31
)

func (e *emitter) beginMove(f formula.Function) {
	e.begin(f)
	e.loadParam("rows", moveRows)
	e.loadParam("dst", dstRows)
	e.loadStride("rsd", dstStep)
	e.loadParam("src", srcRows)
	e.loadStride("rss", srcStep)
	e.broadcastParam("alpha", alphaVector)
}

// copy generates dst[i][j] = α·src[i][j].
func (e *emitter) copy() {
	e.beginMove(formula.Copy)
	e.pieces("rows", moveRows, 1, func(int) {
		e.loadParam("cols", moveCols)
		e.emit("MOVD %s, %s", srcRows, srcAt(0))
		e.emit("MOVD %s, %s", dstRows, dstAt)
		e.pieces("cols", moveCols, 16, e.copyPiece)
		e.emit("ADD %s, %s", srcStep, srcRows)
		e.emit("ADD %s, %s", dstStep, dstRows)
	})
	e.emit("RET")
}

// copyPiece copies some elements of a row.
func (e *emitter) copyPiece(elements int) {
	vectors, move, size := moveOf(elements)
	for v := range vectors {
		e.emit("%s.P %d(%s), F%d", move, size, srcAt(0), v)
	}
	for v := range vectors {
		e.vector(fmul, v, v, alphaVector)
		e.emit("%s.P F%d, %d(%s)", move, v, size, dstAt)
	}
}

// transpose generates dst[j][i] = α·src[i][j], in blocks that are transposed in
// registers.
func (e *emitter) transpose() {
	e.beginMove(formula.Transpose)
	e.pieces("rows", moveRows, blockSize, func(rows int) {
		e.loadParam("cols", moveCols)
		for i := range rows {
			e.emit("MOVD %s, %s", srcRows, srcAt(i))
			e.emit("ADD %s, %s", srcStep, srcRows)
		}
		e.emit("MOVD %s, %s", dstRows, dstAt)
		e.pieces(fmt.Sprintf("rows%dcols", rows), moveCols, blockSize, func(cols int) { e.block(rows, cols) })
		e.emit("ADD $%d, %s", 4*rows, dstRows)
	})
	e.emit("RET")
}

// block transposes a block. It works on whole vectors, but reads and writes only
// the elements of the block.
func (e *emitter) block(rows, cols int) {
	_, move, size := moveOf(cols)
	for i := range rows {
		e.emit("%s.P %d(%s), F%d", move, size, srcAt(i), i)
		e.vector(fmul, i, i, alphaVector)
	}
	e.transposed(rows, cols)
	_, move, _ = moveOf(rows)
	for j := range cols {
		e.emit("%s F%d, (%s)", move, columns+j, dstAt)
		e.emit("ADD %s, %s", dstStep, dstAt)
	}
}

// transposed makes columns of rows. Lanes of rows that are not there hold
// anything.
func (e *emitter) transposed(rows, cols int) {
	pairs := (rows + 1) / 2
	pair := func(p, odd int) int { return rowPairs + 2*p + odd }
	for p := range pairs {
		for odd := range min(cols, 2) { // columns 0 and 2, 1 and 3
			e.vector([]opcode{trn1, trn2}[odd], pair(p, odd), 2*p, 2*p+1)
		}
	}
	for j := range cols {
		e.vector([]opcode{trn1Doubles, trn2Doubles}[j/2], columns+j, pair(0, j%2), pair(pairs-1, j%2))
	}
}

// moveOf is what loads or stores that many elements: some vectors, whole ones or one
// of 1 or 2 elements, the instruction for each, and its bytes.
func moveOf(elements int) (vectors int, move string, bytes int) {
	size := min(elements, neon.Lanes)
	return elements / size, map[int]string{1: "FMOVS", 2: "FMOVD", 4: "FMOVQ"}[size], 4 * size
}

// pieces cuts a number, in a register, into pieces: of the largest size, a power
// of two, as many as there are, then at most one of each smaller power of two.
func (e *emitter) pieces(name, left string, largest int, piece func(size int)) {
	e.repeat(fmt.Sprintf("%s%d", name, largest), name+"rest", left, largest, func() { piece(largest) })
	for size := largest / 2; size > 0; size /= 2 { // by the bits of the negative number
		without := fmt.Sprintf("%swithout%d", name, size)
		e.emit("TBZ $%d, %s, %s", bits.TrailingZeros(uint(size)), left, without)
		piece(size)
		e.label(without)
	}
}

// repeat runs body as long as a number, in a register, has as much as a step left,
// and leaves it less by another step.
func (e *emitter) repeat(loop, rest, left string, step int, body func()) {
	e.emit("SUBS $%d, %s", step, left)
	e.emit("BLT %s", rest)
	e.label(loop)
	body()
	e.emit("SUBS $%d, %s", step, left)
	e.emit("BGE %s", loop)
	e.label(rest)
}
