package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// The size of the largest tile: 24 accumulators, a row of b in four registers
// and four elements of a fill the 32 vector registers.
const (
	tileRows    = 6
	tileVectors = 4
	tileCols    = 4 * tileVectors
)

// kUnroll is the number of steps of p between two looks at the loop counter.
const kUnroll = 4

// Vector registers. Rows of b and elements of a leave theirs to the masks and
// the bound of the gate.
//
//	V0–V23   acc[i][j] in V(4i+j)
//	V24–V27  b[p][j], later masks
//	V28–V31  a[i][p] in lane 0, taken in turn; later lo
const (
	bVectors   = 24
	aElements  = 28
	aRing      = 4
	maskVector = bVectors
	loVector   = aElements
)

// General registers; rows of a are in R8–R13.
const (
	kLeft   = "R0"
	aIndex  = "R1" // p·csa: a[i][p] is element aIndex of row i
	aStride = "R2" // csa
	bRow    = "R3" // row p of b, or p+1 once that is being loaded
	bStride = "R4" // bytes between rows of b
	walk    = "R5" // a row of init or c
	stride  = "R6" // bytes between these
)

func aRow(i int) string { return fmt.Sprintf("R%d", 8+i) }

func accumulator(i, j int) int { return i*tileVectors + j }

// A tile emits one register tile.
type tile struct {
	*emitter
	rows int
}

// gemm generates c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]) for a column of
// tiles of that many rows. The parameters that point to the tile at hand are
// moved on in their places on the stack.
func (e *emitter) gemm(rows int) {
	e.begin(formula.GemmName(rows, tileCols), formula.GemmSignature, formula.GemmDoc(rows, tileCols))
	t := tile{e, rows}
	e.label("tile")
	t.seed()
	t.chains()
	t.gate()
	t.store()
	t.next()
	e.emit("RET")
}

// chains: acc[i][j] += Σₚ a[i][p]·b[p][j].
func (t tile) chains() {
	t.loadOperands()
	t.emit("SUBS $%d, %s", kUnroll, kLeft)
	t.emit("BLT rest")
	t.label("unrolled")
	t.steps(kUnroll)
	t.emit("SUBS $%d, %s", kUnroll, kLeft)
	t.emit("BGE unrolled")

	t.label("rest")
	t.emit("ADDS $%d, %s", kUnroll, kLeft)
	t.emit("BEQ done")
	t.label("single")
	t.steps(1)
	t.emit("SUBS $1, %s", kLeft)
	t.emit("BNE single")
	t.label("done")
}

// eachRow emits row for every row of the tile in a matrix, with its address in
// walk, and moves the parameter on to the tile below.
func (t tile) eachRow(matrix, rowStride string, row func(i int)) {
	t.loadParam(matrix, walk)
	t.loadStride(rowStride, stride)
	for i := range t.rows {
		row(i)
		t.emit("ADD %s, %s", stride, walk)
	}
	t.storeParam(walk, matrix)
}

// loadStride loads a stride in elements and turns it into bytes.
func (t tile) loadStride(name, register string) {
	t.loadParam(name, register)
	t.emit("LSL $2, %s", register)
}

// seed: acc[i][j] = init[i][j].
func (t tile) seed() {
	t.eachRow("init", "rsinit", func(i int) {
		for j := range tileVectors {
			t.emit("FMOVQ %d(%s), F%d", 16*j, walk, accumulator(i, j))
		}
	})
}

// store: c[i][j] = acc[i][j].
func (t tile) store() {
	t.eachRow("c", "rsc", func(i int) {
		for j := range tileVectors {
			t.emit("FMOVQ F%d, %d(%s)", accumulator(i, j), 16*j, walk)
		}
	})
}

func (t tile) loadOperands() {
	t.loadParam("k", kLeft)
	t.loadParam("a", aRow(0))
	t.loadStride("rsa", stride)
	for i := 1; i < t.rows; i++ {
		t.emit("ADD %s, %s, %s", stride, aRow(i-1), aRow(i))
	}
	t.loadParam("csa", aStride)
	t.emit("NEG %s, %s", aStride, aIndex) // loadA steps before it loads
	t.loadParam("b", bRow)
	t.loadStride("rsb", bStride)
}

// steps: acc[i][j] += a[i][p]·b[p][j] for all i and j and the next n values of
// p. Each load follows the last use of its register, well ahead of the next.
func (t tile) steps(n int) {
	elements := n * t.rows // of a, in the order of their use
	for j := range tileVectors {
		t.loadB(j)
	}
	for e := range min(aRing, elements) {
		t.loadA(e)
	}
	for e := range elements {
		i := e % t.rows
		for j := range tileVectors {
			t.vector(fmlaElement, accumulator(i, j), bVectors+j, aElements+e%aRing)
			if i == t.rows-1 && e < elements-1 {
				t.loadB(j)
			}
		}
		if e+aRing < elements {
			t.loadA(e + aRing)
		}
	}
}

// loadA loads element e of a, counted down its columns.
func (t tile) loadA(e int) {
	i := e % t.rows
	if i == 0 {
		t.emit("ADD %s, %s", aStride, aIndex)
	}
	t.emit("FMOVS (%s)(%s<<2), F%d", aRow(i), aIndex, aElements+e%aRing)
}

// loadB loads the j-th vector of a row of b; the last one steps to the next row.
func (t tile) loadB(j int) {
	t.emit("FMOVQ %d(%s), F%d", 16*j, bRow, bVectors+j)
	if j == tileVectors-1 {
		t.emit("ADD %s, %s", bStride, bRow)
	}
}

// next goes on with the tile below, if there is one.
func (t tile) next() {
	t.loadParam("a", walk)
	t.loadStride("tsa", stride)
	t.emit("ADD %s, %s", stride, walk)
	t.storeParam(walk, "a")
	t.loadParam("tiles", walk)
	t.emit("SUBS $1, %s", walk)
	t.storeParam(walk, "tiles")
	t.emit("BNE tile")
}

// gate: acc[i][j] = 0 where acc[i][j] ≤ lo. The mask is false for NaN, and
// always if lo is NaN.
func (t tile) gate() {
	t.broadcastParam("lo", loVector)
	t.emit("FCMPS F%d, F%d", loVector, loVector)
	t.emit("BVS gated")
	for i := range t.rows {
		for j := range tileVectors {
			acc, mask := accumulator(i, j), maskVector+j
			t.vector(fcmge, mask, loVector, acc)
			t.vector(bic, acc, acc, mask)
		}
	}
	t.label("gated")
}
