package main

import (
	"fmt"
	"math/bits"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// transpose generates dst[j][i] = α·src[i][j].
func (g *generator) transpose() {
	m := g.beginMove(formula.Transpose)
	g.jumpIfZero(m.rows, "done")
	g.jumpIfZero(m.cols, "done")
	if g.Masks {
		m.blocks()
	} else {
		m.bands()
	}
	g.Label("done")
	g.end()
}

// bands transposes bands of 8 rows, and of as many as the bits of what is left say.
func (m *move) bands() {
	m.repeat("bands", "few", m.rows, operand.Imm(8), func() { m.band(8) })
	for n := 4; n > 0; n /= 2 {
		skip := fmt.Sprintf("without%d", n)
		m.jumpUnless(m.rows, n, skip)
		m.band(n)
		m.Label(skip)
	}
}

// band transposes n rows, four columns at a time and then one by one, and goes on to
// the next rows.
func (m *move) band(n int) {
	label := func(name string) string { return fmt.Sprintf("%s%d", name, n) }
	cols, src, dst := m.copyOf(m.cols), m.copyOf(m.src), m.copyOf(m.dst)
	m.low = n < 8
	if n > 1 {
		m.repeat(label("fours"), label("rest"), cols, operand.Imm(4), func() {
			m.storeColumns(n, m.loadRows(n, src), dst)
			m.ADDQ(operand.Imm(4*4), src)
			m.LEAQ(operand.Mem{Base: dst, Index: m.rsd, Scale: 4}, dst)
		})
		m.jumpIfZero(cols, label("done"))
	}
	m.Label(label("column"))
	from, x := m.copyOf(src), m.XMM()
	m.eachRow(n, from, m.rss, func(i int) {
		m.VMOVSS(operand.Mem{Base: from}, x)
		m.VMULPS(m.alpha.AsX(), x, x)
		m.VMOVSS(x, operand.Mem{Base: dst, Disp: 4 * i})
	})
	m.ADDQ(operand.Imm(4), src)
	m.ADDQ(m.rsd, dst)
	m.countDown(cols, label("column"))
	m.Label(label("done"))
	m.ADDQ(operand.Imm(uint64(4*n)), m.dst)
	for range n {
		m.ADDQ(m.rss, m.src)
	}
}

// loadRows loads four columns of n rows, times α: those of rows 4 to 7 into the upper
// halves of the vectors of rows 0 to 3.
func (m *move) loadRows(n int, src reg.Register) []reg.VecVirtual {
	rows, from := m.vecs(min(n, 4)), m.copyOf(src)
	m.eachRow(n, from, m.rss, func(i int) {
		if i < 4 {
			m.VMOVUPS(operand.Mem{Base: from}, rows[i].AsX())
		} else {
			m.VINSERTF128(operand.U8(1), operand.Mem{Base: from}, rows[i-4], rows[i-4])
		}
	})
	for _, x := range rows {
		m.VMULPS(m.part(m.alpha), m.part(x), m.part(x))
	}
	return rows
}

// storeColumns stores four columns of n rows.
func (m *move) storeColumns(n int, rows []reg.VecVirtual, dst reg.Register) {
	to := operand.Mem{Base: m.copyOf(dst)}
	if n > 2 {
		columns := m.fours(rows)
		m.eachRow(4, to.Base, m.rsd, func(j int) { m.VMOVUPS(m.part(columns[j]), to) })
		return
	}
	lo, hi := m.pair(m.VUNPCKLPS, m.VUNPCKHPS, rows[0], rows[1]) // two columns each
	m.eachRow(4, to.Base, m.rsd, func(j int) {
		store := [...]func(...operand.Op){m.VMOVSD, m.VMOVHPS}[j%2]
		store([...]reg.VecVirtual{lo, hi}[j/2].AsX(), to)
	})
}

// blocks transposes blocks of up to Lanes × Lanes in registers. What a block lacks of
// that it neither reads nor writes.
func (m *move) blocks() {
	cols, src, dst := m.GP64(), m.GP64(), m.GP64() // left in the rows at hand
	width := operand.Imm(uint64(m.Lanes))
	down, across := m.copyOf(m.rss), m.copyOf(m.rsd) // bytes to the next block in src, and in dst
	lanesLog := operand.Imm(uint64(bits.TrailingZeros(uint(m.Lanes))))
	m.SHLQ(lanesLog, down)
	m.SHLQ(lanesLog, across)
	m.Label("rows")
	m.MOVQ(m.cols, cols)
	m.MOVQ(m.src, src)
	m.MOVQ(m.dst, dst)
	m.Label("cols")
	m.block(cols, src, dst)
	m.ADDQ(operand.Imm(uint64(4*m.Lanes)), src)
	m.ADDQ(across, dst)
	m.SUBQ(width, cols)
	m.JG(operand.LabelRef("cols"))
	m.ADDQ(down, m.src)
	m.ADDQ(operand.Imm(uint64(4*m.Lanes)), m.dst)
	m.SUBQ(width, m.rows)
	m.JG(operand.LabelRef("rows"))
}

// block transposes a block.
func (m *move) block(cols, src, dst reg.Register) {
	rows := m.vecs(m.Lanes)
	m.zero(rows...)
	lanes, at := m.atMostLanes(cols), m.copyOf(src)
	m.eachOf(m.rows, at, m.rss, "loaded", func(i int) { m.VMULPS_Z(operand.Mem{Base: at}, m.alpha, lanes, rows[i]) })
	columns := m.transposed(rows)
	lanes, at = m.atMostLanes(m.rows), m.copyOf(dst)
	m.eachOf(cols, at, m.rsd, "stored", func(j int) { m.VMOVUPS(columns[j], lanes, operand.Mem{Base: at}) })
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

// atMostLanes is the mask of the first n lanes, or of all.
func (m *move) atMostLanes(n reg.Register) reg.Register {
	lanes := m.GP64()
	m.MOVQ(operand.I32(m.Lanes), lanes)
	m.CMPQ(n, lanes)
	m.CMOVQLT(n, lanes)
	return m.firstLanes(lanes)
}

// transposed returns the columns of a block of 16 rows: transposed by fours within each
// group of four lanes, then the groups. In between, vector c of each four rows has, as
// group g, those rows of column 4g+c.
func (m *move) transposed(rows []reg.VecVirtual) []reg.VecVirtual {
	var v []reg.VecVirtual
	for i := 0; i < len(rows); i += 4 {
		v = append(v, m.fours(rows[i:i+4])...)
	}
	cols := make([]reg.VecVirtual, len(v))
	for c := range 4 {
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

// fours transposes four rows within each group of four lanes: pairs of rows are
// interleaved by elements, then by pairs.
func (m *move) fours(rows []reg.VecVirtual) []reg.VecVirtual {
	lo01, hi01 := m.pair(m.VUNPCKLPS, m.VUNPCKHPS, rows[0], rows[1])
	lo23, hi23 := m.pair(m.VUNPCKLPS, m.VUNPCKHPS, rows[2], rows[3])
	col0, col1 := m.pair(m.VUNPCKLPD, m.VUNPCKHPD, lo01, lo23)
	col2, col3 := m.pair(m.VUNPCKLPD, m.VUNPCKHPD, hi01, hi23)
	return []reg.VecVirtual{col0, col1, col2, col3}
}

// pair returns both results of a pair of instructions that interleave x and y.
func (m *move) pair(low, high func(...operand.Op), x, y reg.VecVirtual) (lo, hi reg.VecVirtual) {
	lo, hi = m.vec(), m.vec()
	low(m.part(y), m.part(x), m.part(lo))
	high(m.part(y), m.part(x), m.part(hi))
	return lo, hi
}

// part is what of a vector is at work: its low half in a band of fewer than 8 rows.
func (m *move) part(v reg.VecVirtual) reg.Register {
	if m.low {
		return v.AsX()
	}
	return v
}
