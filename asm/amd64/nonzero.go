package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// eight is how many elements the kernels take at a time.
const eight = 8

// nonZero generates the kernels that list what is not zero: bytes, as quotients, and
// numbers.
func (g *generator) nonZero() {
	t := g.listTables()
	g.begin(formula.NonZero)
	x, value, divisor := g.loadParam("x"), g.vec(), g.broadcast(g.param("a"))
	g.list(t, x, 1, value, func(zeros reg.VecVirtual) {
		g.CMPQ(operand.Mem{Base: x}, operand.Imm(0))
		g.JEQ(operand.LabelRef("none"))
		g.VPMOVZXBD(operand.Mem{Base: x}, value)
		g.VPCMPEQD(value, zeros, zeros)
		g.VCVTDQ2PS(value, value)
		g.VDIVPS(divisor, value, value)
	})
	g.begin(formula.NonZeroFloats)
	x, value = g.loadParam("x"), g.vec()
	g.list(t, x, 4, value, func(zeros reg.VecVirtual) {
		g.VMOVUPS(operand.Mem{Base: x}, value)
		g.VCMPPS(equal, value, zeros, zeros)
	})
}

// list lists what is not zero in x, of elements of some bytes, eight at a time: a table
// says, for the zeros among them, how the others move together. All eight are stored;
// the next ones overwrite what is not part of the list. load makes numbers of them, and
// marks those that are equal to 0 in zeros; where all are, it may go to the label none.
func (g *generator) list(t listTables, x reg.Register, size uint64, value reg.VecVirtual, load func(zeros reg.VecVirtual)) {
	n, ahead := g.loadParam("n"), g.loadParam("ahead")
	columns, values := g.loadParam("columns"), g.loadParam("values")
	column, step := g.vec(), g.vec()
	g.VPBROADCASTD(g.param("first"), column)
	g.VPADDD(t.iota, column, column)
	g.VMOVUPS(g.constant(eight), step)
	ordersAt, countsAt, count := g.GP64(), g.GP64(), g.GP64()
	g.LEAQ(t.orders, ordersAt)
	g.LEAQ(t.counts, countsAt)
	g.XORQ(count, count)

	g.Label("elements")
	order, moved, mask, zeros := g.vec(), g.vec(), g.GP64(), g.vec()
	g.PREFETCHT0(operand.Mem{Base: x, Index: ahead, Scale: 1})
	g.zero(zeros)
	load(zeros)
	g.VMOVMSKPS(zeros, mask.As32())
	g.VPMOVZXBD(operand.Mem{Base: ordersAt, Index: mask, Scale: 8}, order)
	g.VPERMPS(value, order, value)
	g.VPERMD(column, order, moved)
	g.VMOVUPS(value, operand.Mem{Base: values, Index: count, Scale: 4})
	g.VMOVUPS(moved, operand.Mem{Base: columns, Index: count, Scale: 4})
	g.MOVBLZX(operand.Mem{Base: countsAt, Index: mask, Scale: 1}, mask.As32())
	g.ADDQ(mask, count)
	g.Label("none")
	g.VPADDD(step, column, column)
	g.ADDQ(operand.Imm(eight*size), x)
	g.SUBQ(operand.Imm(eight), n)
	g.JNZ(operand.LabelRef("elements"))
	g.Store(count, g.ReturnIndex(0))
	g.end()
}

// listTables are, for each set of zeros among eight lanes, the other lanes in order, as
// a byte each, and their number; and the numbers of the lanes.
type listTables struct{ orders, counts, iota operand.Mem }

func (g *generator) listTables() listTables {
	return listTables{
		orders: g.table("orders"+g.Suffix, 256, func(zeros int) operand.Constant { return operand.U64(nonZeroLanes(zeros)) }),
		counts: g.table("counts"+g.Suffix, 256, func(zeros int) operand.Constant { return operand.U8(eight - bits.OnesCount(uint(zeros))) }),
		iota:   g.table("iota"+g.Suffix, eight, func(lane int) operand.Constant { return operand.U32(lane) }),
	}
}

// nonZeroLanes are the lanes that are not among the zeros.
func nonZeroLanes(zeros int) (lanes uint64) {
	n := 0
	for lane := range eight {
		if zeros>>lane&1 == 0 {
			lanes |= uint64(lane) << (8 * n)
			n++
		}
	}
	return lanes
}
