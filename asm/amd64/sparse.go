package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// sparse generates c[i][j] += Σₜ values[t]·b[columns[t]][j] for a number of vectors
// of each row. Each vector has an accumulator, and a pointer to its place in b.
func (g *generator) sparse(vectors int) {
	g.begin(formula.Sparse(vectors))
	b := g.places(vectors)
	g.SHLQ(operand.Imm(2), g.param("rsc"))
	step := g.param("rsb") // registers are few
	g.SHLQ(operand.Imm(2), step)

	g.Label("row")
	acc := g.vecs(vectors)
	c := g.loadParam("c")
	g.loadVectors(operand.Mem{Base: c}, acc)
	g.addElements("sum", step, func(row reg.Register, x reg.VecVirtual) {
		for v := range acc {
			g.VFMADD231PS(operand.Mem{Base: b[v], Index: row, Scale: 1}, x, acc[v])
		}
	})
	g.Label("sum")
	c = g.loadParam("c")
	g.storeVectors(acc, operand.Mem{Base: c})
	g.ADDQ(g.param("rsc"), c)
	g.MOVQ(c, g.param("c"))
	g.countDown(g.param("rows"), "row")
	g.end()
}

// places points at the vectors of the first row of b.
func (g *generator) places(vectors int) []reg.GPVirtual {
	offsets, b := g.loadParam("bs"), g.loadParam("b")
	places := make([]reg.GPVirtual, vectors)
	for v := range places {
		places[v] = g.GP64()
		g.MOVQ(operand.Mem{Base: offsets, Disp: 8 * v}, places[v])
		g.LEAQ(operand.Mem{Base: b, Index: places[v], Scale: 4}, places[v])
	}
	return places
}

// elementsAhead is how many elements ahead the row of b is looked up that an element
// names. Without, the loads of that would wait behind those of b, whose addresses they
// are to tell.
const elementsAhead = 2

// addElements adds the elements of the row at hand, unless there are none: then it
// jumps. Each is x, times the row of b that lies row bytes behind its first. Rows of b
// are step bytes apart. It moves spans on.
func (g *generator) addElements(none string, step operand.Op, add func(row reg.Register, x reg.VecVirtual)) {
	spans, begin, left := g.loadParam("spans"), g.GP64(), g.GP64()
	g.MOVLQSX(operand.Mem{Base: spans}, begin)
	g.MOVLQSX(operand.Mem{Base: spans, Disp: 4}, left)
	g.ADDQ(operand.Imm(8), g.param("spans"))
	g.SUBQ(begin, left)
	g.JZ(operand.LabelRef(none))
	columns, values := g.loadParam("columns"), g.loadParam("values")
	g.LEAQ(operand.Mem{Base: columns, Index: begin, Scale: 4}, columns)
	g.LEAQ(operand.Mem{Base: values, Index: begin, Scale: 4}, values)
	var rows [elementsAhead + 1]reg.Register
	for i := range rows {
		if i == elementsAhead {
			g.Label("element")
		}
		rows[i] = g.GP64()
		g.MOVLQSX(operand.Mem{Base: columns, Disp: 4 * i}, rows[i])
		g.IMULQ(step, rows[i])
	}
	add(rows[0], g.broadcast(operand.Mem{Base: values}))
	for i := range elementsAhead {
		g.MOVQ(rows[i+1], rows[i])
	}
	g.ADDQ(operand.Imm(4), columns)
	g.ADDQ(operand.Imm(4), values)
	g.countDown(left, "element")
}
