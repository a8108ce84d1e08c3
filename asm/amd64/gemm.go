package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// kUnroll is the number of steps of p between two looks at the loop counter.
const kUnroll = formula.AheadEvery

// A tile is the state of one register tile: rows × vectors accumulators.
type tile struct {
	*generator
	rows, vectors int
	form          string       // that labels end with
	last          reg.Register // mask of the columns of the last vector, or nil for all
	acc           [][]reg.VecVirtual

	a     columns      // from p on
	b     lines        // its rows from p on
	ahead reg.Register // what to prefetch next
}

func (t *tile) label(name string)               { t.Label(name + t.form) }
func (t *tile) to(name string) operand.LabelRef { return operand.LabelRef(name + t.form) }

// columns address a column by column, whose rows or columns are contiguous.
type columns interface {
	at(i, u int) operand.Mem // row i of column u < kUnroll from the one at hand on
	next(n int)              // goes on by 1 or kUnroll columns
}

type contiguousRows struct{ rows }

func (a contiguousRows) at(i, u int) operand.Mem { return a.row(i, 4*u) }
func (a contiguousRows) next(n int)              { a.advance(operand.Imm(uint64(4 * n))) }

type contiguousColumns struct{ lines }

func (a contiguousColumns) at(i, u int) operand.Mem { return a.line(u, 4*i) }
func (a contiguousColumns) next(n int)              { a.advance(n) }

// gemm generates c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]) for a row or
// column of tiles of that size. The parameters that point to the tile at hand are
// moved on in their places on the stack.
func (g *generator) gemm(rows, vectors int) {
	cols := vectors * g.Lanes
	g.begin(formula.Gemm(rows, cols))
	g.SHLQ(operand.Imm(2), g.param("ahead")) // becomes an address, and its step bytes
	g.ADDQ(g.loadParam("b"), g.param("ahead"))
	g.SHLQ(operand.Imm(2), g.param("stepAhead"))
	if g.Masks { // of which each takes the time of a multiply-add on Intel's processors
		last := g.loadParam("cols")
		g.SUBQ(operand.U32(uint32(cols)), last)
		g.JZ(operand.LabelRef("whole"))
		g.ADDQ(operand.Imm(uint64(g.Lanes)), last)
		(&tile{generator: g, rows: rows, vectors: vectors, form: "Edge", last: g.firstLanes(last)}).compute()
		g.Label("whole")
	}
	(&tile{generator: g, rows: rows, vectors: vectors}).compute()
}

// compute emits all tiles, one after the other, and the return.
func (t *tile) compute() {
	t.label("tile")
	t.seed()
	t.chains()
	t.gate()
	t.store()
	t.next()
	t.end()
}

// chains: acc[i][j] += Σₚ a[i][p]·b[p][j].
func (t *tile) chains() {
	k, a, rsa := t.loadParam("k"), t.loadParam("a"), t.loadStride("rsa")
	t.b = t.linesFrom(t.loadParam("b"), t.loadStride("rsb"))
	t.ahead = t.loadParam("ahead")
	t.MOVBLZX(operand.Mem{Base: t.ahead}, t.GP32()) // has the TLB know the page, as no prefetch does
	t.CMPQ(rsa, operand.Imm(4))
	t.JEQ(t.to("columns"))
	t.steps(contiguousRows{t.rowsFrom(a, rsa, t.rows)}, k, "Rows"+t.form)
	t.JMP(t.to("done"))
	t.label("columns")
	t.steps(contiguousColumns{t.linesFrom(a, t.loadStride("csa"))}, k, "Columns"+t.form)
	t.label("done")
	t.MOVQ(t.ahead, t.param("ahead"))
}

// steps goes through all p, kUnroll at a time and then one by one.
func (t *tile) steps(a columns, k reg.Register, form string) {
	t.a = a
	t.repeat("unrolled"+form, "rest"+form, k, operand.Imm(kUnroll), t.round)
	t.JZ(t.to("done"))
	t.Label("single" + form)
	t.step(0)
	t.advance(1)
	t.countDown(k, "single"+form)
}

// round runs kUnroll steps, and asks for a line of what will be read next.
func (t *tile) round() {
	for u := range kUnroll {
		t.step(u)
	}
	t.advance(kUnroll)
	t.PREFETCHT1(operand.Mem{Base: t.ahead})
	t.ADDQ(t.param("stepAhead"), t.ahead)
}

// seed: acc[i][j] = init[i][j], or 0 without one, which takes no unit's time.
func (t *tile) seed() {
	for i := range t.rows {
		t.acc = append(t.acc, t.vecs(t.vectors))
		t.zero(t.acc[i]...)
	}
	init, stride := t.loadParam("init"), t.loadStride("rsinit")
	t.jumpIfZero(init, "seeded"+t.form)
	t.eachRow(t.rows, init, stride, func(i int) {
		for j, acc := range t.acc[i] {
			t.loadVector(operand.Mem{Base: init}, j, acc)
		}
	})
	t.label("seeded")
}

// step: acc[i][j] += a[i][p+u]·b[p+u][j] for all i and j. The shorter side of the
// tile stays in registers while the other one passes by.
func (t *tile) step(u int) {
	if t.rows < t.vectors {
		t.stepAlongRow(u)
	} else {
		t.stepDownColumn(u)
	}
}

// advance: p += n.
func (t *tile) advance(n int) {
	t.a.next(n)
	t.b.advance(n)
}

func (t *tile) stepDownColumn(u int) {
	b := t.vecs(t.vectors)
	for j := range b {
		t.loadVector(t.b.line(u, 0), j, b[j])
	}
	for i := range t.rows {
		a := t.broadcast(t.a.at(i, u))
		for j := range b {
			t.VFMADD231PS(a, b[j], t.acc[i][j])
		}
	}
}

func (t *tile) stepAlongRow(u int) {
	a := make([]reg.VecVirtual, t.rows)
	for i := range a {
		a[i] = t.broadcast(t.a.at(i, u))
	}
	for j := range t.vectors {
		b := t.vec()
		t.loadVector(t.b.line(u, 0), j, b)
		for i := range a {
			t.VFMADD231PS(a[i], b, t.acc[i][j])
		}
	}
}

// gate: acc[i][j] = 0 where acc[i][j] ≤ lo; never where it is NaN, and nowhere if
// lo is NaN.
func (t *tile) gate() {
	lo := t.broadcast(t.param("lo"))
	t.VUCOMISS(lo.AsX(), lo.AsX())
	t.JPS(t.to("gated"))
	for i := range t.rows {
		for _, acc := range t.acc[i] {
			t.drop(t.compare(lessOrEqual, acc, lo), acc, acc)
		}
	}
	t.label("gated")
}

// store: c[i][j] = acc[i][j].
func (t *tile) store() {
	c, stride := t.loadParam("c"), t.loadStride("rsc")
	t.eachRow(t.rows, c, stride, func(i int) {
		for j, acc := range t.acc[i] {
			t.storeVector(acc, c, j)
		}
	})
}

// next goes on with the next tile, if there is one.
func (t *tile) next() {
	for _, name := range formula.GemmOperands {
		t.ADDQ(t.loadStride("ts"+name), t.param(name))
	}
	t.countDown(t.param("tiles"), "tile"+t.form)
}

// loadVector loads the j-th vector of a row of the tile.
func (t *tile) loadVector(from operand.Mem, j int, v reg.VecVirtual) {
	from.Disp += 4 * t.Lanes * j
	if t.last != nil && j == t.vectors-1 {
		t.VMOVUPS_Z(from, t.last, v)
	} else {
		t.VMOVUPS(from, v)
	}
}

// storeVector stores the j-th vector of a row of the tile.
func (t *tile) storeVector(v reg.VecVirtual, row reg.Register, j int) {
	to := operand.Mem{Base: row, Disp: 4 * t.Lanes * j}
	if t.last != nil && j == t.vectors-1 {
		t.VMOVUPS(v, t.last, to)
	} else {
		t.VMOVUPS(v, to)
	}
}
