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
	g.begin(k.SparseUpdate(vectors))
	l := g.lowering(k)
	scalars := g.loadParam("scalars")
	for i, s := range k.Scalars {
		l.scalars[s] = g.broadcast(operand.Mem{Base: scalars, Disp: 4 * i})
	}
	l.streams[formula.Weights] = g.loadParam("w")
	for i, s := range k.Moments() {
		l.streams[s] = g.loadParam([]string{"m", "v"}[i])
	}
	u := &sparseUpdate{l, k, vectors, g.GP64(), g.loadParam("places")}
	g.XORQ(u.row, u.row)
	l.watch = g.vec()
	g.VMOVUPS(operand.Mem{Base: g.loadParam("watch")}, l.watch)

	b, step := g.loadParam("b"), g.loadStride("rsb")

	g.Label("row")
	acc := g.vecs(vectors)
	g.zero(acc...)
	g.addElements("empty", step, func(at reg.Register, x reg.VecVirtual) {
		g.ADDQ(b, at)
		for v := range acc {
			g.VFMADD231PS(operand.Mem{Base: at, Disp: 4 * g.Lanes * v}, x, acc[v])
		}
	})

	g.Label("update")
	for v := range acc {
		u.place(v)
		l.gradient = acc[v]
		l.body()
	}
	g.Label("next")
	g.ADDQ(g.param("rs"), u.row)
	g.countDown(g.param("rows"), "row")
	g.JMP(operand.LabelRef("done"))

	g.Label("empty")
	u.passOver()
	g.JMP(operand.LabelRef("next"))
	g.Label("done")
	g.VMOVUPS(l.watch, operand.Mem{Base: g.loadParam("watch")})
	g.end()
}

// A sparseUpdate is where an update is.
type sparseUpdate struct {
	*lowering
	kernel  formula.Kernel
	vectors int
	row     reg.Register // its first element in w
	places  reg.Register
}

// place goes to a vector of the row at hand.
func (u *sparseUpdate) place(vector int) {
	u.index = u.GP64()
	u.MOVQ(operand.Mem{Base: u.places, Disp: 8 * vector}, u.index)
	u.ADDQ(u.row, u.index)
}

// passOver looks at a row without a gradient, and goes to its update unless it stays
// as it is. Most have a moment in the first vector that is not 0.
func (u *sparseUpdate) passOver() {
	u.CMPB(u.param("still"), operand.Imm(0))
	u.JEQ(operand.LabelRef("update"))
	bits := u.vec()
	u.zero(bits)
	for v := range u.vectors {
		u.place(v)
		for _, m := range u.kernel.Moments() {
			u.VORPS(u.element(m, 4), bits, bits)
		}
		if v == 0 || v == u.vectors-1 {
			u.jumpIfAny(bits, "update")
		}
	}
	for v := range u.vectors {
		u.place(v)
		u.VMOVUPS(u.element(formula.Weights, 4), bits)
		u.VFMADD231PS(u.constant(0), bits, u.watch)
	}
}
