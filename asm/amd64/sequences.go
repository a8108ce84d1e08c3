package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Predicates of comparisons, quiet; ordered ones are false for NaN.
const (
	equal       = operand.U8(0x00)
	lessThan    = operand.U8(0x11)
	lessOrEqual = operand.U8(0x12)
)

// compare returns the mask x ? y: a vector of ones and zeros, or a k register.
func (g *generator) compare(predicate operand.Op, x, y operand.Op) reg.Register {
	var mask reg.Register
	if g.Masks {
		mask = g.K()
	} else {
		mask = g.vec()
	}
	g.VCMPPS(predicate, y, x, mask)
	return mask
}

// drop: d = 0 where the mask is set, else x.
func (g *generator) drop(mask reg.Register, x operand.Op, d reg.VecVirtual) {
	if !g.Masks {
		g.VANDNPS(x, mask, d)
		return
	}
	keep := g.K()
	g.KNOTW(mask, keep)
	g.VMOVAPS_Z(x, keep, d)
}

// choose: d = x where the mask is set, else y.
func (g *generator) choose(mask reg.Register, x operand.Op, y, d reg.VecVirtual) {
	if g.Masks {
		g.VBLENDMPS(x, y, mask, d)
	} else {
		g.VBLENDVPS(mask, x, y, d)
	}
}

// jumpIfAny jumps if a bit of v is set.
func (g *generator) jumpIfAny(v reg.VecVirtual, label string) {
	if g.Masks {
		lanes := g.K()
		g.VPTESTMD(v, v, lanes)
		g.KORTESTW(lanes, lanes)
	} else {
		g.VPTEST(v, v)
	}
	g.JNE(operand.LabelRef(label))
}

// zero: v = 0 for all of vs.
func (g *generator) zero(vs ...reg.VecVirtual) {
	for _, v := range vs {
		g.VXORPS(v, v, v)
	}
}

// loadVectors loads vectors that are neighbours in memory.
func (g *generator) loadVectors(from operand.Mem, vs []reg.VecVirtual) {
	for i, v := range vs {
		g.VMOVUPS(from.Offset(4*g.Lanes*i), v)
	}
}

// storeVectors stores vectors as neighbours in memory.
func (g *generator) storeVectors(vs []reg.VecVirtual, to operand.Mem) {
	for i, v := range vs {
		g.VMOVUPS(v, to.Offset(4*g.Lanes*i))
	}
}

// firstLanes returns the k register of the first n lanes, 0 ≤ n ≤ Lanes.
func (g *generator) firstLanes(n reg.Register) reg.Register {
	ones, mask := g.GP32(), g.K()
	g.MOVL(operand.I32(-1), ones)
	g.BZHIL(n.(reg.GPVirtual).As32(), ones, ones)
	g.KMOVW(ones, mask)
	return mask
}

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

// countDown subtracts 1 from n and jumps unless it is 0 then.
func (g *generator) countDown(n operand.Op, label string) {
	g.DECQ(n)
	g.JNZ(operand.LabelRef(label))
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

// eachRow emits row for each of n rows that lie a stride apart; at goes from one to the
// next.
func (g *generator) eachRow(n int, at, stride reg.Register, row func(i int)) {
	for i := range n {
		row(i)
		if i < n-1 {
			g.ADDQ(stride, at)
		}
	}
}
