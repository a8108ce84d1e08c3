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
	rows, cols reg.Register
	dst, rsd   reg.Register
	src, rss   reg.Register
	alpha      reg.VecVirtual
	low        bool // only the low halves of vectors are at work
}

func (g *generator) beginMove(f formula.Function) *move {
	g.begin(f)
	return &move{
		generator: g,
		rows:      g.loadParam("rows"), cols: g.loadParam("cols"),
		dst: g.loadParam("dst"), rsd: g.loadStride("rsd"),
		src: g.loadParam("src"), rss: g.loadStride("rss"),
		alpha: g.broadcast(g.param("alpha")),
	}
}

// copy generates dst[i][j] = α·src[i][j]: first the whole vectors of all rows, then
// what is left of them.
func (g *generator) copy() {
	m := g.beginMove(formula.Copy)
	ahead, vectors := g.loadStride("ahead"), g.copyOf(m.cols)
	g.jumpIfZero(m.rows, "done")
	g.ANDQ(operand.I32(-g.Lanes), vectors)
	g.SHLQ(operand.Imm(2), vectors)
	g.jumpIfZero(vectors, "rest")
	m.copyRows("vectors", ahead, m.copyVectors(vectors))
	m.skip(vectors)
	g.Label("rest")
	if g.Masks {
		m.copyMasked(ahead)
	} else {
		m.copyFew(ahead)
	}
	g.Label("done")
	g.end()
}

// copyRows copies something of every row.
func (m *move) copyRows(loop string, ahead reg.Register, body func(from, to operand.Mem)) {
	rows, src, dst := m.copyOf(m.rows), m.copyOf(m.src), m.copyOf(m.dst)
	m.Label(loop)
	m.PREFETCHT0(operand.Mem{Base: src, Index: ahead, Scale: 1})
	body(operand.Mem{Base: src}, operand.Mem{Base: dst})
	m.ADDQ(m.rss, src)
	m.ADDQ(m.rsd, dst)
	m.countDown(rows, loop)
}

// skip goes on some bytes to the right.
func (m *move) skip(bytes operand.Op) {
	m.ADDQ(bytes, m.src)
	m.ADDQ(bytes, m.dst)
}

// copyVectors copies vectors of that many bytes.
func (m *move) copyVectors(bytes reg.Register) func(from, to operand.Mem) {
	return func(from, to operand.Mem) {
		at, x := m.GP64(), m.vec()
		from.Index, from.Scale, to.Index, to.Scale = at, 1, at, 1
		m.XORQ(at, at)
		m.Label("vector")
		m.VMULPS(from, m.alpha, x)
		m.VMOVUPS(x, to)
		m.ADDQ(operand.Imm(uint64(4*m.Lanes)), at)
		m.CMPQ(at, bytes)
		m.JNE(operand.LabelRef("vector"))
	}
}

// copyMasked copies fewer elements than a vector has.
func (m *move) copyMasked(ahead reg.Register) {
	m.ANDQ(operand.Imm(uint64(m.Lanes-1)), m.cols)
	m.jumpIfZero(m.cols, "done")
	mask := m.firstLanes(m.cols)
	m.copyRows("masked", ahead, func(from, to operand.Mem) {
		x := m.vec()
		m.VMULPS_Z(from, m.alpha, mask, x)
		m.VMOVUPS(x, mask, to)
	})
}

// copyFew copies fewer elements than a vector has, by the bits of their number.
func (m *move) copyFew(ahead reg.Register) {
	for size := m.Lanes / 2; size > 0; size /= 2 {
		skip := fmt.Sprintf("without%d", size)
		m.jumpUnless(m.cols, size, skip)
		m.copyRows(fmt.Sprintf("rows%d", size), ahead, func(from, to operand.Mem) {
			x := m.XMM()
			m.moveFew(size)(from, x)
			m.VMULPS(m.alpha.AsX(), x, x)
			m.moveFew(size)(x, to)
		})
		if size > 1 {
			m.skip(operand.Imm(uint64(4 * size)))
		}
		m.Label(skip)
	}
}

// moveFew is the instruction that loads or stores the first 4, 2 or 1 elements.
func (g *generator) moveFew(n int) func(...operand.Op) {
	return map[int]func(...operand.Op){4: g.VMOVUPS, 2: g.VMOVSD, 1: g.VMOVSS}[n]
}
