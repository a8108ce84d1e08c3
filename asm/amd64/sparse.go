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
	columns, values, c := g.loadParam("columns"), g.loadParam("values"), g.loadParam("c")
	g.SHLQ(operand.Imm(2), g.param("rsc"))
	step := g.param("rsb") // registers are few
	g.SHLQ(operand.Imm(2), step)
	t, left := g.GP64(), g.GP64()

	g.Label("row")
	g.elementsOfRow(t, left)
	acc := g.vecs(vectors)
	for v := range acc {
		g.VMOVUPS(operand.Mem{Base: c, Disp: 4 * g.Lanes * v}, acc[v])
	}
	g.addElements("sum", t, left, columns, values, step, func(row reg.Register, x reg.VecVirtual) {
		for v := range acc {
			g.VFMADD231PS(operand.Mem{Base: b[v], Index: row, Scale: 1}, x, acc[v])
		}
	})
	g.Label("sum")
	for v := range acc {
		g.VMOVUPS(acc[v], operand.Mem{Base: c, Disp: 4 * g.Lanes * v})
	}
	g.ADDQ(g.param("rsc"), c)
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

// elementsOfRow loads the first element of the row at hand and how many there are,
// and moves spans on.
func (g *generator) elementsOfRow(t, left reg.Register) {
	spans := g.loadParam("spans")
	g.MOVLQSX(operand.Mem{Base: spans}, t)
	g.MOVLQSX(operand.Mem{Base: spans, Disp: 4}, left)
	g.SUBQ(t, left)
	g.ADDQ(operand.Imm(8), g.param("spans"))
}

// addElements adds the elements from t on, unless there are none: then it jumps. Each is
// x, times the row of b that lies row bytes behind its first. Rows of b are step bytes
// apart.
func (g *generator) addElements(none string, t, left, columns, values reg.Register, step operand.Op, add func(row reg.Register, x reg.VecVirtual)) {
	g.jumpIfZero(left, none)
	g.Label("element")
	row, x := g.GP64(), g.vec()
	g.MOVLQSX(operand.Mem{Base: columns, Index: t, Scale: 4}, row)
	g.IMULQ(step, row)
	g.VBROADCASTSS(operand.Mem{Base: values, Index: t, Scale: 4}, x)
	add(row, x)
	g.INCQ(t)
	g.countDown(left, "element")
}
