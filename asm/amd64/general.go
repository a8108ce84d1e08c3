package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// repeat runs body, which does step of n, as long as that many are left.
func (g *generator) repeat(loop, rest string, n reg.Register, step operand.Op, body func()) {
	g.SUBQ(step, n)
	g.JL(operand.LabelRef(rest))
	g.Label(loop)
	body()
	g.SUBQ(step, n)
	g.JGE(operand.LabelRef(loop))
	g.Label(rest)
	g.ADDQ(step, n)
}

// jumpIfZero jumps if n is 0.
func (g *generator) jumpIfZero(n reg.Register, label string) {
	g.TESTQ(n, n)
	g.JZ(operand.LabelRef(label))
}

// jumpUnless jumps if n is without that bit, a power of two.
func (g *generator) jumpUnless(n reg.Register, bit int, label string) {
	g.TESTQ(operand.U32(uint32(bit)), n)
	g.JZ(operand.LabelRef(label))
}

// copyOf is a new register with the value of another.
func (g *generator) copyOf(r reg.Register) reg.Register {
	d := g.GP64()
	g.MOVQ(r, d)
	return d
}
