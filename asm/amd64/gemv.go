package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// gemvRows and gemvVectors are what gemv reads of b at once.
const gemvRows, gemvVectors = 8, 4

// A sweep is the state of gemv while it adds some rows of b to c.
type sweep struct {
	*generator
	n, c, a, csa, b, rsb reg.Register // n and the strides in bytes

	x    []reg.VecVirtual // elements of a
	rows rows             // of b, at the element at hand
	at   reg.Register     // the element at hand, in bytes
	left reg.Register     // behind it, in bytes
}

// gemv generates c[j] += Σₚ a[p]·b[p][j] in sweeps over c, each of which adds a few
// rows of b. What is read at once is a whole piece of each of these rows, which the
// prefetchers like better than one row at a time.
func (g *generator) gemv() {
	g.begin(formula.Gemv)
	s := &sweep{
		generator: g,
		n:         g.loadStride("n"), c: g.loadParam("c"),
		a: g.loadParam("a"), csa: g.loadStride("csa"),
		b: g.loadParam("b"), rsb: g.loadStride("rsb"),
		at: g.GP64(), left: g.GP64(),
	}
	k := g.loadParam("k")
	s.sweeps(gemvRows, k)
	s.sweeps(1, k)
	g.end()
}

// sweeps goes over c for as long as there are that many rows of b left.
func (s *sweep) sweeps(rows int, k reg.Register) {
	s.repeat(fmt.Sprintf("sweep%d", rows), fmt.Sprintf("no%d", rows), k, operand.Imm(uint64(rows)), func() {
		s.begin(rows)
		s.pieces(gemvVectors)
		s.pieces(1)
		s.singles()
		for range rows {
			s.ADDQ(s.rsb, s.b)
		}
	})
}

// begin loads the elements of a for a sweep and points at its rows of b.
func (s *sweep) begin(rows int) {
	s.x, s.rows = s.vecs(rows), s.rowsFrom(s.copyOf(s.b), s.rsb, rows)
	for _, x := range s.x {
		s.VBROADCASTSS(operand.Mem{Base: s.a}, x)
		s.ADDQ(s.csa, s.a)
	}
	s.XORQ(s.at, s.at)
	s.MOVQ(s.n, s.left)
}

// pieces adds the rows in pieces of that many vectors.
func (s *sweep) pieces(vectors int) {
	bytes := 4 * s.Lanes * vectors
	piece := fmt.Sprintf("piece%dx%d", len(s.x), vectors)
	s.repeat(piece, "no"+piece, s.left, operand.U32(uint32(bytes)), func() {
		y := s.vecs(vectors)
		s.loadVectors(s.element(), y)
		for i, x := range s.x {
			for j := range y {
				s.VFMADD231PS(s.rows.row(i, 4*s.Lanes*j), x, y[j])
			}
		}
		s.storeVectors(y, s.element())
		s.advance(bytes)
	})
}

// singles adds the elements of the rows that no vector holds.
func (s *sweep) singles() {
	single := fmt.Sprintf("single%d", len(s.x))
	s.repeat(single, "no"+single, s.left, operand.Imm(4), func() {
		y, b := s.XMM(), s.XMM()
		s.VMOVSS(s.element(), y)
		for i, x := range s.x {
			s.VMOVSS(s.rows.row(i, 0), b) // some emulators read more for a scalar operand
			s.VFMADD231SS(b, x.AsX(), y)
		}
		s.VMOVSS(y, s.element())
		s.advance(4)
	})
}

// element addresses the element of c at hand.
func (s *sweep) element() operand.Mem { return operand.Mem{Base: s.c, Index: s.at, Scale: 1} }

func (s *sweep) advance(bytes int) {
	s.ADDQ(operand.U32(uint32(bytes)), s.at)
	s.rows.advance(operand.U32(uint32(bytes)))
}
