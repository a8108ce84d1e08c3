package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Predicates of comparisons, quiet; ordered ones are false for NaN.
const (
	lessThan    = operand.U8(0x11)
	lessOrEqual = operand.U8(0x12)
)

// compare returns the mask x ? y: a vector of ones and zeros, or a k register.
func (g *generator) compare(predicate operand.Op, x, y operand.Op) reg.Register {
	var mask reg.Register
	if g.opmask {
		mask = g.K()
	} else {
		mask = g.vec()
	}
	g.VCMPPS(predicate, y, x, mask)
	return mask
}

// drop: d = 0 where the mask is set, else x.
func (g *generator) drop(mask reg.Register, x operand.Op, d reg.VecVirtual) {
	if !g.opmask {
		g.VANDNPS(x, mask, d)
		return
	}
	keep := g.K()
	g.KNOTW(mask, keep)
	g.VMOVAPS_Z(x, keep, d)
}

// choose: d = x where the mask is set, else y.
func (g *generator) choose(mask reg.Register, x operand.Op, y, d reg.VecVirtual) {
	if g.opmask {
		g.VBLENDMPS(x, y, mask, d)
	} else {
		g.VBLENDVPS(mask, x, y, d)
	}
}

// zero: v = 0.
func (g *generator) zero(v reg.VecVirtual) { g.VXORPS(v, v, v) }
