package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// kUnroll is the number of steps of p between two looks at the loop counter.
const kUnroll = 4

// Vector registers: the accumulators from V0 on, then the operands (see assign).
// The gate takes registers from these.
const (
	vectorRegisters = 32
	loVector        = vectorRegisters - 1
	gateMasks       = 4
)

// General registers; rows of a are in R8–R13.
const (
	kLeft   = "R0"
	aIndex  = "R1" // p·csa: a[i][p] is element aIndex of row i
	aStride = "R2" // csa
	bRow    = "R3" // row p of b
	bStride = "R4" // bytes between rows of b
	walk    = "R5" // a row of init or c
	stride  = "R6" // bytes between these
)

func aRow(i int) string { return fmt.Sprintf("R%d", 8+i) }

// A tile emits one register tile: rows × vectors accumulators.
type tile struct {
	*emitter
	rows, vectors int

	a, b          operand
	kept, passing *operand // which is which
}

func (t *tile) accumulators() int        { return t.rows * t.vectors }
func (t *tile) accumulator(i, j int) int { return i*t.vectors + j }

// gemm generates c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]) for a row or
// column of tiles of that size. The parameters that point to the tile at hand are
// moved on in their places on the stack.
func (e *emitter) gemm(rows, vectors int) {
	cols := vectors * neon.Lanes
	e.begin(formula.Gemm(rows, cols))
	t := &tile{emitter: e, rows: rows, vectors: vectors}
	t.assign()
	e.label("tile")
	t.seed()
	t.chains()
	t.gate()
	t.store()
	t.next()
	e.emit("RET")
}

// eachRow emits row for every row of the tile in a matrix, with its address in
// walk, from that of the first one on.
func (t *tile) eachRow(rowStride string, row func(i int)) {
	t.loadStride(rowStride, stride)
	for i := range t.rows {
		row(i)
		if i < t.rows-1 {
			t.emit("ADD %s, %s", stride, walk)
		}
	}
}

// seed: acc[i][j] = init[i][j], or 0 without one.
func (t *tile) seed() {
	for acc := range t.accumulators() {
		t.vector(moviZero, acc)
	}
	t.loadParam("init", walk)
	t.emit("CBZ %s, seeded", walk)
	t.eachRow("rsinit", func(i int) {
		for j := range t.vectors {
			t.emit("FMOVQ %d(%s), F%d", 16*j, walk, t.accumulator(i, j))
		}
	})
	t.label("seeded")
}

// store: c[i][j] = acc[i][j].
func (t *tile) store() {
	t.loadParam("c", walk)
	t.eachRow("rsc", func(i int) {
		for j := range t.vectors {
			t.emit("FMOVQ F%d, %d(%s)", t.accumulator(i, j), 16*j, walk)
		}
	})
}

// next goes on with the next tile, if there is one.
func (t *tile) next() {
	for _, name := range formula.GemmOperands {
		t.loadParam(name, walk)
		t.loadStride("ts"+name, stride)
		t.emit("ADD %s, %s", stride, walk)
		t.storeParam(walk, name)
	}
	t.loadParam("tiles", walk)
	t.emit("SUBS $1, %s", walk)
	t.storeParam(walk, "tiles")
	t.emit("BNE tile")
}

// gate: acc[i][j] = 0 where acc[i][j] ≤ lo. The mask is false for NaN, and
// always if lo is NaN.
func (t *tile) gate() {
	t.broadcastParam("lo", loVector)
	t.emit("FCMPS F%d, F%d", loVector, loVector)
	t.emit("BVS gated")
	for acc := range t.accumulators() {
		mask := t.accumulators() + acc%gateMasks
		t.vector(fcmge, mask, loVector, acc)
		t.vector(bic, acc, acc, mask)
	}
	t.label("gated")
}
