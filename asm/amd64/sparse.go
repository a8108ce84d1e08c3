package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// sparse generates c[i][j] += Σₜ values[t]·b[columns[t]][j] for a number of vectors
// of each row. Each vector has an accumulator, and a pointer to its place in b.
func (g *generator) sparse(vectors int) {
	g.begin(formula.SparseName(vectors), formula.SparseSignature, formula.SparseDoc(vectors))
	b := g.places("b", vectors)
	columns, values := g.loadParam("columns"), g.loadParam("values")
	g.SHLQ(operand.Imm(2), g.param("rsb"))
	g.SHLQ(operand.Imm(2), g.param("rsc"))
	t, left := g.GP64(), g.GP64()
	g.firstElement(t)

	g.Label("row")
	g.elementsOfRow(t, left)
	acc := g.vecs(vectors)
	g.atPlaces(func(v int, place operand.Mem) { g.VMOVUPS(place, acc[v]) }, vectors)
	g.TESTQ(left, left)
	g.JZ(operand.LabelRef("sum"))
	g.Label("element")
	g.addElement(t, columns, values, func(row reg.Register, x reg.VecVirtual) {
		for v := range acc {
			g.VFMADD231PS(operand.Mem{Base: b[v], Index: row, Scale: 1}, x, acc[v])
		}
	})
	g.DECQ(left)
	g.JNZ(operand.LabelRef("element"))
	g.Label("sum")
	g.atPlaces(func(v int, place operand.Mem) { g.VMOVUPS(acc[v], place) }, vectors)
	step := g.loadParam("rsc")
	g.ADDQ(step, g.param("c"))
	g.DECQ(g.param("rows"))
	g.JNZ(operand.LabelRef("row"))
	g.end()
}

// places points at the vectors of the first row of b.
func (g *generator) places(matrix string, vectors int) []reg.GPVirtual {
	offsets, base := g.loadParam(matrix+"s"), g.loadParam(matrix)
	places := make([]reg.GPVirtual, vectors)
	for v := range places {
		places[v] = g.GP64()
		g.MOVQ(operand.Mem{Base: offsets, Disp: 8 * v}, places[v])
		g.LEAQ(operand.Mem{Base: base, Index: places[v], Scale: 4}, places[v])
	}
	return places
}

// atPlaces addresses the vectors of a row of c. Registers are few.
func (g *generator) atPlaces(do func(v int, place operand.Mem), vectors int) {
	c, offset := g.loadParam("c"), g.GP64()
	for v := range vectors {
		g.Load(g.Param("cs"), offset)
		g.MOVQ(operand.Mem{Base: offset, Disp: 8 * v}, offset)
		do(v, operand.Mem{Base: c, Index: offset, Scale: 4})
	}
}

// firstElement loads the number of the first element of the first row.
func (g *generator) firstElement(t reg.Register) {
	starts := g.loadParam("starts")
	g.MOVLQSX(operand.Mem{Base: starts}, t)
}

// elementsOfRow loads how many elements the row at hand has, of which t is the
// first, and moves starts on.
func (g *generator) elementsOfRow(t, left reg.Register) {
	g.ADDQ(operand.Imm(4), g.param("starts"))
	starts := g.loadParam("starts")
	g.MOVLQSX(operand.Mem{Base: starts}, left)
	g.SUBQ(t, left)
}

// addElement adds element t, which is x, times the row of b that lies row bytes
// behind its first; t goes on.
func (g *generator) addElement(t, columns, values reg.Register, add func(row reg.Register, x reg.VecVirtual)) {
	row, x := g.GP64(), g.vec()
	g.MOVLQSX(operand.Mem{Base: columns, Index: t, Scale: 4}, row)
	g.IMULQ(g.param("rsb"), row)
	g.VBROADCASTSS(operand.Mem{Base: values, Index: t, Scale: 4}, x)
	add(row, x)
	g.INCQ(t)
}
