package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// kUnroll is the number of steps of p between two looks at the loop counter.
const kUnroll = 4

// A tile is the state of one register tile: rows × tileVectors accumulators.
type tile struct {
	*generator
	rows int
	acc  [][]reg.VecVirtual

	a        []reg.Register // rows 0, 3, 6, … of column p of a
	rsa, csa reg.Register   // bytes between rows and between columns of a
	b, rsb   reg.Register   // row p of b; bytes between its rows
}

// gemm generates c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j]) for a column of
// tiles of that many rows. The parameters that point to the tile at hand are
// moved on in their places on the stack.
func (g *generator) gemm(rows int) {
	cols := g.tile().Cols()
	g.begin(formula.GemmName(rows, cols), formula.GemmSignature, formula.GemmDoc(rows, cols))
	t := &tile{generator: g, rows: rows}
	g.Label("tile")
	t.seed()
	t.chains()
	t.gate()
	t.store()
	t.next()
	g.end()
}

// chains: acc[i][j] += Σₚ a[i][p]·b[p][j].
func (t *tile) chains() {
	t.loadOperands()
	k := t.loadParam("k")
	t.SUBQ(operand.Imm(kUnroll), k)
	t.JL(operand.LabelRef("rest"))
	t.Label("unrolled")
	for range kUnroll {
		t.step()
	}
	t.SUBQ(operand.Imm(kUnroll), k)
	t.JGE(operand.LabelRef("unrolled"))

	t.Label("rest")
	t.ADDQ(operand.Imm(kUnroll), k)
	t.JZ(operand.LabelRef("done"))
	t.Label("single")
	t.step()
	t.DECQ(k)
	t.JNZ(operand.LabelRef("single"))
	t.Label("done")
}

// seed: acc[i][j] = init[i][j].
func (t *tile) seed() {
	init, stride := t.loadParam("init"), t.loadStride("rsinit")
	for i := range t.rows {
		t.acc = append(t.acc, t.vecs(t.tileVectors))
		for j, acc := range t.acc[i] {
			t.VMOVUPS(t.vectorAt(init, j), acc)
		}
		t.ADDQ(stride, init)
	}
	t.MOVQ(init, t.param("init"))
}

func (t *tile) loadOperands() {
	t.rsa, t.csa = t.loadStride("rsa"), t.loadStride("csa")
	t.b, t.rsb = t.loadParam("b"), t.loadStride("rsb")
	t.a = []reg.Register{t.loadParam("a")}
	for i := 3; i < t.rows; i += 3 {
		next := t.GP64()
		t.LEAQ(operand.Mem{Base: t.a[len(t.a)-1], Index: t.rsa, Scale: 2}, next)
		t.ADDQ(t.rsa, next)
		t.a = append(t.a, next)
	}
}

// step: acc[i][j] += a[i][p]·b[p][j] for all i and j; then p++.
func (t *tile) step() {
	b := t.vecs(t.tileVectors)
	for j := range b {
		t.VMOVUPS(t.vectorAt(t.b, j), b[j])
	}
	for i := range t.rows {
		a := t.vec()
		t.VBROADCASTSS(t.rowOfA(i), a)
		for j := range b {
			t.VFMADD231PS(a, b[j], t.acc[i][j])
		}
	}
	t.ADDQ(t.rsb, t.b)
	for _, a := range t.a {
		t.ADDQ(t.csa, a)
	}
}

// rowOfA addresses a[i][p]: a pointer for every third row, and 0, 1 or 2
// strides from it.
func (t *tile) rowOfA(i int) operand.Mem {
	m := operand.Mem{Base: t.a[i/3]}
	if i%3 > 0 {
		m.Index, m.Scale = t.rsa, uint8(i%3)
	}
	return m
}

// gate: acc[i][j] = 0 where acc[i][j] ≤ lo; never where it is NaN, and nowhere if
// lo is NaN.
func (t *tile) gate() {
	lo := t.broadcastParam("lo")
	t.VUCOMISS(lo.AsX(), lo.AsX())
	t.JPS(operand.LabelRef("gated"))
	for i := range t.rows {
		for _, acc := range t.acc[i] {
			t.drop(t.compare(lessOrEqual, acc, lo), acc, acc)
		}
	}
	t.Label("gated")
}

// store: c[i][j] = acc[i][j].
func (t *tile) store() {
	c, stride := t.loadParam("c"), t.loadStride("rsc")
	for i := range t.rows {
		for j, acc := range t.acc[i] {
			t.VMOVUPS(acc, t.vectorAt(c, j))
		}
		t.ADDQ(stride, c)
	}
	t.MOVQ(c, t.param("c"))
}

// next goes on with the tile below, if there is one.
func (t *tile) next() {
	step := t.loadStride("tsa")
	t.ADDQ(step, t.param("a"))
	t.DECQ(t.param("tiles"))
	t.JNZ(operand.LabelRef("tile"))
}

// vectorAt addresses the j-th vector from base.
func (t *tile) vectorAt(base reg.Register, j int) operand.Mem {
	return operand.Mem{Base: base, Disp: 4 * t.lanes * j}
}
