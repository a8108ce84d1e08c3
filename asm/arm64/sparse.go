package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// Registers of sparse.
//
//	R0–R7    places of the vectors in the first row of b
//	V0–V7    accumulators
//	V16–V23  vectors of a row of b
//	V24      a value, in lane 0
const (
	sparseRows    = "R8"
	sparseSpans   = "R9"
	sparseColumns = "R10" // of the element at hand
	sparseValues  = "R11"
	sparseStepB   = "R12"
	sparseC       = "R13"
	sparseStepC   = "R14"
	sparseBegin   = "R16"
	sparseLeft    = "R17"
	sparseAt      = "R19"
	sparseAtX     = 19    // as an operand of LDR
	sparseLists   = "R21" // where columns and values begin
	sparseNumbers = "R22"
	sparseB       = 16
	sparseX       = 24
)

func sparsePlace(v int) string { return fmt.Sprintf("R%d", v) }

// sparse generates c[i][j] += Σₜ values[t]·b[columns[t]][j] for a number of vectors
// of each row. Each vector has an accumulator, and a pointer to its place in b.
func (e *emitter) sparse(vectors int) {
	e.begin(formula.Sparse(vectors))
	e.places(vectors)
	e.loadParam("rows", sparseRows)
	e.loadParam("spans", sparseSpans)
	e.loadParam("columns", sparseLists)
	e.loadParam("values", sparseNumbers)
	e.loadStride("rsb", sparseStepB)
	e.loadParam("c", sparseC)
	e.loadStride("rsc", sparseStepC)
	e.label("row")
	e.emit("MOVW.P 4(%s), %s", sparseSpans, sparseBegin)
	e.emit("MOVW.P 4(%s), %s", sparseSpans, sparseAt)
	e.emit("SUB %s, %s, %s", sparseBegin, sparseAt, sparseLeft)
	e.emit("ADD %s<<2, %s, %s", sparseBegin, sparseLists, sparseColumns)
	e.emit("ADD %s<<2, %s, %s", sparseBegin, sparseNumbers, sparseValues)
	for v := range vectors {
		e.emit("FMOVQ %d(%s), F%d", 16*v, sparseC, v)
	}
	e.emit("CBZ %s, sum", sparseLeft)
	e.label("element")
	e.sparseElement(vectors)
	e.countDown(sparseLeft, 1, "element")
	e.label("sum")
	for v := range vectors {
		e.emit("FMOVQ F%d, %d(%s)", v, 16*v, sparseC)
	}
	e.emit("ADD %s, %s", sparseStepC, sparseC)
	e.countDown(sparseRows, 1, "row")
	e.emit("RET")
}

// places points at the vectors of the first row of b.
func (e *emitter) places(vectors int) {
	e.loadParam("bs", sparseAt)
	e.loadParam("b", sparseB0)
	for v := range vectors {
		e.emit("MOVD.P 8(%s), %s", sparseAt, sparsePlace(v))
		e.emit("ADD %s<<2, %s, %s", sparsePlace(v), sparseB0, sparsePlace(v))
	}
}

// sparseB0 is b, until the places are known.
const sparseB0 = sparseStepB

// sparseElement adds the product of an element and its row of b. All of it is loaded
// first: an in-order core would wait for each vector.
func (e *emitter) sparseElement(vectors int) {
	e.emit("MOVW.P 4(%s), %s", sparseColumns, sparseAt)
	e.emit("MUL %s, %s", sparseStepB, sparseAt)
	e.emit("FMOVS.P 4(%s), F%d", sparseValues, sparseX)
	for v := range vectors {
		e.vector(loadIndexed, sparseB+v, v, sparseAtX)
	}
	for v := range vectors {
		e.vector(fmlaElement, v, sparseB+v, sparseX)
	}
}
