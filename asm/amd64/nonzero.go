package main

import (
	"math/bits"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// eight is how many elements nonZero and nonZeroFloats take at a time.
const eight = 8

// A lister is the state of a kernel that lists what is not zero, eight at a time: a
// table says, for the zeros among them, how the others move together. All eight are
// stored; the next ones overwrite what is not part of the list.
type lister struct {
	*generator
	x     reg.Register                 // of the eight at hand
	value reg.VecVirtual               // their numbers
	zeros func() (mask reg.VecVirtual) // loads value, and marks the zeros
	size  uint64                       // of an element, in bytes
}

// nonZero generates both kernels.
func (g *generator) nonZero() {
	t := g.listTables()
	g.nonZeroBytes(t)
	g.nonZeroFloats(t)
}

// nonZeroBytes generates the lists of the bytes that are not zero, as quotients.
func (g *generator) nonZeroBytes(t listTables) {
	g.begin(formula.NonZeroName, formula.NonZeroSignature, formula.NonZeroDoc)
	l := &lister{generator: g, x: g.loadParam("x"), value: g.vec(), size: 1}
	divisor := g.broadcastParam("a")
	l.zeros = func() reg.VecVirtual {
		zeros := g.vec()
		g.zero(zeros)
		g.VPMOVZXBD(operand.Mem{Base: l.x}, l.value)
		g.VPCMPEQD(l.value, zeros, zeros)
		g.VCVTDQ2PS(l.value, l.value)
		g.VDIVPS(divisor, l.value, l.value)
		return zeros
	}
	l.list(t)
}

// nonZeroFloats generates those of the numbers that are not zero.
func (g *generator) nonZeroFloats(t listTables) {
	g.begin(formula.NonZeroFloatsName, formula.NonZeroFloatsSignature, formula.NonZeroFloatsDoc)
	l := &lister{generator: g, x: g.loadParam("x"), value: g.vec(), size: 4}
	l.zeros = func() reg.VecVirtual {
		zeros := g.vec()
		g.zero(zeros)
		g.VMOVUPS(operand.Mem{Base: l.x}, l.value)
		g.VCMPPS(equal, l.value, zeros, zeros)
		return zeros
	}
	l.list(t)
}

func (l *lister) list(t listTables) {
	n, ahead := l.loadParam("n"), l.loadParam("ahead")
	columns, values := l.loadParam("columns"), l.loadParam("values")
	column, step := l.vec(), l.vec()
	l.VPBROADCASTD(l.param("first"), column)
	l.VPADDD(t.iota, column, column)
	l.VMOVUPS(l.constant(eight), step)
	ordersAt, countsAt, count := l.GP64(), l.GP64(), l.GP64()
	l.LEAQ(t.orders, ordersAt)
	l.LEAQ(t.counts, countsAt)
	l.XORQ(count, count)

	l.Label("elements")
	order, moved, mask := l.vec(), l.vec(), l.GP64()
	l.PREFETCHT0(operand.Mem{Base: l.x, Index: ahead, Scale: 1})
	l.VMOVMSKPS(l.zeros(), mask.As32())
	l.VPMOVZXBD(operand.Mem{Base: ordersAt, Index: mask, Scale: 8}, order)
	l.VPERMPS(l.value, order, l.value)
	l.VPERMD(column, order, moved)
	l.VMOVUPS(l.value, operand.Mem{Base: values, Index: count, Scale: 4})
	l.VMOVUPS(moved, operand.Mem{Base: columns, Index: count, Scale: 4})
	l.MOVBLZX(operand.Mem{Base: countsAt, Index: mask, Scale: 1}, mask.As32())
	l.ADDQ(mask, count)
	l.VPADDD(step, column, column)
	l.ADDQ(operand.Imm(eight*l.size), l.x)
	l.SUBQ(operand.Imm(eight), n)
	l.JNZ(operand.LabelRef("elements"))
	l.Store(count, l.ReturnIndex(0))
	l.end()
}

// listTables are, for each set of zeros among eight lanes, the other lanes in order, as
// a byte each, and their number; and the numbers of the lanes.
type listTables struct{ orders, counts, iota operand.Mem }

func (g *generator) listTables() listTables {
	table := func(name string) operand.Mem {
		m := g.StaticGlobal(name + g.Suffix)
		g.DataAttributes(attr.RODATA | attr.NOPTR)
		return m
	}
	t := listTables{orders: table("orders")}
	for zeros := range 256 {
		var lanes uint64
		n := 0
		for lane := range eight {
			if zeros>>lane&1 == 0 {
				lanes |= uint64(lane) << (8 * n)
				n++
			}
		}
		g.AddDatum(8*zeros, operand.U64(lanes))
	}
	t.counts = table("counts")
	for zeros := range 256 {
		g.AddDatum(zeros, operand.U8(eight-bits.OnesCount(uint(zeros))))
	}
	t.iota = table("iota")
	for lane := range eight {
		g.AddDatum(4*lane, operand.U32(lane))
	}
	return t
}
