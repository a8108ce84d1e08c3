package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// A move is the state of a kernel that moves a matrix. Strides are in bytes.
type move struct {
	*generator
	rows, cols reg.Register // left to do
	dst, rsd   reg.Register
	src, rss   reg.Register
	alpha      reg.VecVirtual
}

func (g *generator) beginMove(f formula.Function) *move {
	g.begin(f)
	return &move{
		generator: g,
		rows:      g.loadParam("rows"), cols: g.loadParam("cols"),
		dst: g.loadParam("dst"), rsd: g.loadStride("rsd"),
		src: g.loadParam("src"), rss: g.loadStride("rss"),
		alpha: g.broadcastParam("alpha"),
	}
}

// copy generates dst[i][j] = α·src[i][j], row after row, in each the whole
// vectors and then what is left.
func (g *generator) copy() {
	m := g.beginMove(formula.Copy)
	vectors := g.copyOf(m.cols)
	g.ANDQ(operand.I32(-g.Lanes), vectors)
	g.SHLQ(operand.Imm(2), vectors)
	rest := g.copyOf(m.cols)
	g.ANDQ(operand.Imm(uint64(g.Lanes-1)), rest)
	var mask reg.Register
	if g.Masks {
		mask = g.firstLanes(rest)
	}
	g.jumpIfZero(m.rows, "done")

	at, ahead := g.GP64(), g.loadStride("ahead")
	from := operand.Mem{Base: m.src, Index: at, Scale: 1}
	to := operand.Mem{Base: m.dst, Index: at, Scale: 1}
	g.Label("row")
	g.PREFETCHT0(operand.Mem{Base: m.src, Index: ahead, Scale: 1})
	g.XORQ(at, at)
	g.CMPQ(at, vectors)
	g.JEQ(operand.LabelRef("rest"))
	g.Label("vectors")
	x := g.vec()
	g.VMULPS(from, m.alpha, x)
	g.VMOVUPS(x, to)
	g.ADDQ(operand.Imm(uint64(4*g.Lanes)), at)
	g.CMPQ(at, vectors)
	g.JNE(operand.LabelRef("vectors"))
	g.Label("rest")
	if g.Masks {
		g.VMULPS_Z(from, m.alpha, mask, x)
		g.VMOVUPS(x, mask, to)
	} else {
		m.copyRest(rest, from, to)
	}
	g.ADDQ(m.rss, m.src)
	g.ADDQ(m.rsd, m.dst)
	g.countDown(m.rows, "row")
	g.Label("done")
	g.end()
}

// copyRest copies fewer elements than a vector has, by the bits of their number.
func (m *move) copyRest(n reg.Register, from, to operand.Mem) {
	for size := m.Lanes / 2; size > 0; size /= 2 {
		skip := fmt.Sprintf("without%d", size)
		m.jumpUnless(n, size, skip)
		x := m.XMM()
		m.moveFew(size)(from, x)
		m.VMULPS(m.alpha.AsX(), x, x)
		m.moveFew(size)(x, to)
		m.ADDQ(operand.Imm(uint64(4*size)), from.Index)
		m.Label(skip)
	}
}

// moveFew is the instruction that loads or stores the first 4, 2 or 1 elements.
func (g *generator) moveFew(n int) func(...operand.Op) {
	return map[int]func(...operand.Op){4: g.VMOVUPS, 2: g.VMOVSD, 1: g.VMOVSS}[n]
}
