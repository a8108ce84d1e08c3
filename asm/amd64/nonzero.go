package main

import (
	"fmt"
	"math/bits"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// nonZero generates the lists of the bytes that are not zero, eight at a time: a
// table says, for the zeros among them, how the others move together. All eight are
// stored; the next ones overwrite what is not part of the list.
func (g *generator) nonZero() {
	const eight = 8
	g.begin(formula.NonZeroName, formula.NonZeroSignature, formula.NonZeroDoc)
	orders, counts := g.orders()
	n, x, ahead := g.loadParam("n"), g.loadParam("x"), g.loadParam("ahead")
	columns, values := g.loadParam("columns"), g.loadParam("values")
	divisor, column, step := g.vec(), g.vec(), g.vec()
	g.VBROADCASTSS(g.param("a"), divisor)
	g.VPBROADCASTD(g.param("first"), column)
	g.VPADDD(g.series("iota", func(i int) int { return i }), column, column)
	g.VMOVUPS(g.series("eights", func(int) int { return eight }), step)
	ordersAt, countsAt, count := g.GP64(), g.GP64(), g.GP64()
	g.LEAQ(orders, ordersAt)
	g.LEAQ(counts, countsAt)
	g.XORQ(count, count)

	g.Label("bytes")
	value, zeros, order, moved := g.vec(), g.vec(), g.vec(), g.vec()
	mask := g.GP64()
	g.PREFETCHT0(operand.Mem{Base: x, Index: ahead, Scale: 1})
	g.VPMOVZXBD(operand.Mem{Base: x}, value)
	g.zero(zeros)
	g.VPCMPEQD(value, zeros, zeros)
	g.VMOVMSKPS(zeros, mask.As32())
	g.VCVTDQ2PS(value, value)
	g.VDIVPS(divisor, value, value)
	g.VPMOVZXBD(operand.Mem{Base: ordersAt, Index: mask, Scale: 8}, order)
	g.VPERMPS(value, order, value)
	g.VPERMD(column, order, moved)
	g.VMOVUPS(value, operand.Mem{Base: values, Index: count, Scale: 4})
	g.VMOVUPS(moved, operand.Mem{Base: columns, Index: count, Scale: 4})
	g.MOVBLZX(operand.Mem{Base: countsAt, Index: mask, Scale: 1}, mask.As32())
	g.ADDQ(mask, count)
	g.VPADDD(step, column, column)
	g.ADDQ(operand.Imm(eight), x)
	g.SUBQ(operand.Imm(eight), n)
	g.JNZ(operand.LabelRef("bytes"))
	g.Store(count, g.ReturnIndex(0))
	g.end()
}

// orders are, for each set of zeros among eight lanes, the other lanes in order, as
// a byte each, and their number.
func (g *generator) orders() (orders, counts operand.Mem) {
	orders = g.StaticGlobal("orders" + g.Suffix)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for zeros := range 256 {
		var lanes uint64
		n := 0
		for lane := range 8 {
			if zeros>>lane&1 == 0 {
				lanes |= uint64(lane) << (8 * n)
				n++
			}
		}
		g.AddDatum(8*zeros, operand.U64(lanes))
	}
	counts = g.StaticGlobal("counts" + g.Suffix)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for zeros := range 256 {
		g.AddDatum(zeros, operand.U8(8-bits.OnesCount(uint(zeros))))
	}
	return orders, counts
}

// series is the memory of eight integers.
func (g *generator) series(name string, at func(i int) int) operand.Mem {
	m := g.StaticGlobal(fmt.Sprintf("%s%s", name, g.Suffix))
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := range 8 {
		g.AddDatum(4*i, operand.U32(at(i)))
	}
	return m
}
