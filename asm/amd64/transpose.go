package main

import (
	"fmt"
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// transpose generates dst[j][i] = α·src[i][j] in blocks of Lanes × Lanes, which
// are transposed in registers.
func (g *generator) transpose() {
	m := g.beginMove(formula.Transpose)
	cols, src, dst := m.cols, m.src, m.dst // of the blocks at hand
	m.cols, m.src, m.dst = g.GP64(), g.GP64(), g.GP64()
	width := operand.Imm(uint64(g.Lanes))
	rowStep, colStep := g.copyOf(m.rss), g.copyOf(m.rsd) // bytes between rows of blocks in src, and columns of blocks in dst
	lanesLog := operand.Imm(uint64(bits.TrailingZeros(uint(g.Lanes))))
	g.SHLQ(lanesLog, rowStep)
	g.SHLQ(lanesLog, colStep)
	g.jumpIfZero(m.rows, "done")
	g.jumpIfZero(cols, "done")

	g.Label("rows")
	g.MOVQ(cols, m.cols)
	g.MOVQ(src, m.src)
	g.MOVQ(dst, m.dst)
	g.Label("cols")
	g.CMPQ(m.rows, width)
	g.JLT(operand.LabelRef("edge"))
	g.CMPQ(m.cols, width)
	g.JLT(operand.LabelRef("edge"))
	m.block()
	g.JMP(operand.LabelRef("next"))
	g.Label("edge")
	m.edge()
	g.Label("next")
	g.ADDQ(operand.Imm(uint64(4*g.Lanes)), m.src)
	g.ADDQ(colStep, m.dst)
	g.SUBQ(width, m.cols)
	g.JG(operand.LabelRef("cols"))
	g.ADDQ(rowStep, src)
	g.ADDQ(operand.Imm(uint64(4*g.Lanes)), dst)
	g.SUBQ(width, m.rows)
	g.JG(operand.LabelRef("rows"))
	g.Label("done")
	g.end()
}

// block transposes a whole block.
func (m *move) block() {
	rows := m.vecs(m.Lanes)
	from := m.copyOf(m.src)
	m.eachRow(m.Lanes, from, m.rss, func(i int) { m.VMULPS(operand.Mem{Base: from}, m.alpha, rows[i]) })
	to, cols := m.copyOf(m.dst), m.transposed(rows)
	m.eachRow(m.Lanes, to, m.rsd, func(j int) { m.VMOVUPS(cols[j], operand.Mem{Base: to}) })
}

// edge transposes a block that has fewer rows or columns: it reads and writes
// only those.
func (m *move) edge() {
	rows := m.vecs(m.Lanes)
	m.zero(rows...)
	lanes, at := m.atMostLanes(m.cols), m.copyOf(m.src)
	m.eachOf(m.rows, at, m.rss, "loaded", func(i int) {
		m.loadLanes(i, lanes, rows[i], at)
		m.VMULPS(m.alpha, rows[i], rows[i])
	})
	columns := m.transposed(rows)
	lanes, at = m.atMostLanes(m.rows), m.copyOf(m.dst)
	m.eachOf(m.cols, at, m.rsd, "stored", func(j int) { m.storeLanes(j, lanes, columns[j], at) })
}

// eachOf emits row for each of n rows, or the first Lanes of them, that lie a stride
// apart; at goes from one to the next. There is at least one.
func (m *move) eachOf(n, at, stride reg.Register, done string, row func(i int)) {
	for i := range m.Lanes {
		if i > 0 {
			m.CMPQ(n, operand.Imm(uint64(i)))
			m.JLE(operand.LabelRef(done))
			m.ADDQ(stride, at)
		}
		row(i)
	}
	m.Label(done)
}

// atMostLanes is min(n, Lanes), or the mask of as many lanes.
func (m *move) atMostLanes(n reg.Register) reg.Register {
	lanes := m.GP64()
	m.MOVQ(operand.I32(m.Lanes), lanes)
	m.CMPQ(n, lanes)
	m.CMOVQLT(n, lanes)
	if m.Masks {
		return m.firstLanes(lanes)
	}
	return lanes
}

// loadLanes loads the first n lanes of row i, by a mask or the bits of n; the others
// become 0. (AVX2's masked load does the same, but some emulators read beyond the mask.)
func (m *move) loadLanes(i int, n reg.Register, v reg.VecVirtual, at reg.Register) {
	if m.Masks {
		m.VMOVUPS_Z(operand.Mem{Base: at}, n, v)
		return
	}
	label := func(name string) string { return fmt.Sprintf("row%d%s", i, name) }
	m.CMPQ(n, operand.Imm(uint64(m.Lanes)))
	m.JLT(operand.LabelRef(label("few")))
	m.VMOVUPS(operand.Mem{Base: at}, v)
	m.JMP(operand.LabelRef(label("loaded")))

	m.Label(label("few"))
	rest, last, from := m.XMM(), m.XMM(), m.copyOf(at)
	m.zero(v)
	m.zero(rest)
	m.jumpUnless(n, 4, label("without4"))
	m.VMOVUPS(operand.Mem{Base: from}, v.AsX())
	m.ADDQ(operand.Imm(16), from)
	m.Label(label("without4"))
	m.jumpUnless(n, 2, label("without2"))
	m.VMOVSD(operand.Mem{Base: from}, rest)
	m.ADDQ(operand.Imm(8), from)
	m.Label(label("without2"))
	m.jumpUnless(n, 1, label("without1"))
	m.VMOVSS(operand.Mem{Base: from}, last)
	m.jumpUnless(n, 2, label("alone"))
	m.VMOVLHPS(last, rest, rest)
	m.JMP(operand.LabelRef(label("without1")))
	m.Label(label("alone"))
	m.VMOVAPS(last, rest)
	m.Label(label("without1"))
	m.jumpUnless(n, 4, label("low"))
	m.VINSERTF128(operand.U8(1), rest, v, v)
	m.JMP(operand.LabelRef(label("loaded")))
	m.Label(label("low"))
	m.VMOVAPS(rest, v.AsX())
	m.Label(label("loaded"))
}

// storeLanes stores the first n lanes of column j, by a mask or the bits of n. AVX2's
// masked store would do, but is slow on AMD's processors up to Zen 4.
func (m *move) storeLanes(j int, n reg.Register, v reg.VecVirtual, at reg.Register) {
	if m.Masks {
		m.VMOVUPS(v, n, operand.Mem{Base: at})
		return
	}
	few, stored := fmt.Sprintf("few%d", j), fmt.Sprintf("stored%d", j)
	m.CMPQ(n, operand.Imm(uint64(m.Lanes)))
	m.JLT(operand.LabelRef(few))
	m.VMOVUPS(v, operand.Mem{Base: at})
	m.JMP(operand.LabelRef(stored))
	m.Label(few)
	end := m.copyOf(at)
	x := m.XMM()
	m.VMOVAPS(v.AsX(), x)
	for size := m.Lanes / 2; size > 0; size /= 2 {
		skip := fmt.Sprintf("column%dwithout%d", j, size)
		m.jumpUnless(n, size, skip)
		m.moveFew(size)(x, operand.Mem{Base: end})
		switch size {
		case 4:
			m.VEXTRACTF128(operand.U8(1), v, x)
		case 2:
			m.VMOVHLPS(x, x, x)
		}
		m.ADDQ(operand.Imm(uint64(4*size)), end)
		m.Label(skip)
	}
	m.Label(stored)
}

// transposed returns the columns of a block of Lanes rows: pairs of rows are
// interleaved by elements, then by pairs, then by groups of four.
func (m *move) transposed(rows []reg.VecVirtual) []reg.VecVirtual {
	quads := make([]reg.VecVirtual, len(rows))
	for i := 0; i < len(rows); i += 4 { // 4 × 4 transposes within each group of four lanes
		lo01, hi01 := m.pair(m.VUNPCKLPS, m.VUNPCKHPS, rows[i], rows[i+1])
		lo23, hi23 := m.pair(m.VUNPCKLPS, m.VUNPCKHPS, rows[i+2], rows[i+3])
		quads[i], quads[i+1] = m.pair(m.VUNPCKLPD, m.VUNPCKHPD, lo01, lo23)
		quads[i+2], quads[i+3] = m.pair(m.VUNPCKLPD, m.VUNPCKHPD, hi01, hi23)
	}
	return m.transposedGroups(quads)
}

// transposedGroups transposes groups of four lanes: vector 4r+c holds group g of
// column c at lanes 4g…; column 4g+c is made of group g of vectors c, 4+c, ….
func (m *move) transposedGroups(v []reg.VecVirtual) []reg.VecVirtual {
	cols := make([]reg.VecVirtual, len(v))
	for c := range 4 {
		if m.Lanes == 8 {
			lo, hi := m.vec(), m.vec()
			m.VPERM2F128(operand.U8(0x20), v[4+c], v[c], lo)
			m.VPERM2F128(operand.U8(0x31), v[4+c], v[c], hi)
			cols[c], cols[4+c] = lo, hi
			continue
		}
		even01, odd01 := m.groups(v[c], v[4+c])
		even23, odd23 := m.groups(v[8+c], v[12+c])
		cols[c], cols[8+c] = m.groups(even01, even23)
		cols[4+c], cols[12+c] = m.groups(odd01, odd23)
	}
	return cols
}

// groups returns the groups 0 and 2 of x, then of y, and the groups 1 and 3.
func (m *move) groups(x, y reg.VecVirtual) (even, odd reg.VecVirtual) {
	even, odd = m.vec(), m.vec()
	m.VSHUFF32X4(operand.U8(0x88), y, x, even)
	m.VSHUFF32X4(operand.U8(0xDD), y, x, odd)
	return even, odd
}

// pair returns both results of a pair of instructions that interleave x and y.
func (m *move) pair(low, high func(...operand.Op), x, y reg.VecVirtual) (lo, hi reg.VecVirtual) {
	lo, hi = m.vec(), m.vec()
	low(y, x, lo)
	high(y, x, hi)
	return lo, hi
}
