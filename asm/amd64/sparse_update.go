package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// sparseUpdate generates an optimizer of which the gradient is the product of a
// sparse matrix and b. It never leaves the registers: one accumulator a vector
// collects it, and then takes the place of what the optimizer would load. While the
// divider is busy with a row, the products of the next are computed. The more
// vectors share a row's elements, the less its uncertain end matters; for more than eight
// AVX2 has no registers.
func (g *generator) sparseUpdate(k formula.Kernel, vectors int) {
	g.begin(formula.SparseUpdateName(k, vectors), formula.SparseUpdateSignature, formula.SparseUpdateDoc(k, vectors))
	l := g.lowering(k)
	scalars := g.loadParam("scalars")
	for i, s := range k.Scalars {
		l.scalars[s] = g.vec()
		g.VBROADCASTSS(operand.Mem{Base: scalars, Disp: 4 * i}, l.scalars[s])
	}
	l.streams[formula.Weights] = g.loadParam("w")
	for i, s := range k.Moments() {
		l.streams[s] = g.loadParam([]string{"m", "v"}[i])
	}
	row, places := g.GP64(), g.loadParam("places")
	g.XORQ(row, row)
	l.watch = g.vec()
	g.VMOVUPS(operand.Mem{Base: g.loadParam("watch")}, l.watch)

	b, columns, values := g.loadParam("b"), g.loadParam("columns"), g.loadParam("values")
	step := g.loadStride("rsb")
	t, left := g.GP64(), g.GP64()
	g.firstElement(t)

	g.Label("row")
	g.elementsOfRow(t, left)
	acc := g.vecs(vectors)
	for _, a := range acc {
		g.zero(a)
	}
	g.TESTQ(left, left)
	g.JZ(operand.LabelRef("update"))
	g.Label("element")
	g.addElement(t, columns, values, step, func(at reg.Register, x reg.VecVirtual) {
		g.ADDQ(b, at)
		for v := range acc {
			g.VFMADD231PS(operand.Mem{Base: at, Disp: 4 * g.Lanes * v}, x, acc[v])
		}
	})
	g.DECQ(left)
	g.JNZ(operand.LabelRef("element"))

	g.Label("update")
	for v := range acc {
		l.index, l.gradient = g.GP64(), acc[v]
		g.MOVQ(operand.Mem{Base: places, Disp: 8 * v}, l.index)
		g.ADDQ(row, l.index)
		l.body()
	}
	g.ADDQ(g.param("rs"), row)
	g.DECQ(g.param("rows"))
	g.JNZ(operand.LabelRef("row"))
	g.VMOVUPS(l.watch, operand.Mem{Base: g.loadParam("watch")})
	g.end()
}
