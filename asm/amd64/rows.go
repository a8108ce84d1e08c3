package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lines address what lies a stride apart, from the line at hand on: four lines
// without an addition.
type lines struct {
	*generator
	first, stride, triple reg.Register
}

// linesFrom starts at the first line. Its register becomes theirs.
func (g *generator) linesFrom(first, stride reg.Register) lines {
	triple := g.GP64()
	g.LEAQ(operand.Mem{Base: stride, Index: stride, Scale: 2}, triple)
	return lines{g, first, stride, triple}
}

// line addresses some bytes of line u < 4 from the one at hand on.
func (l lines) line(u, disp int) operand.Mem {
	m := operand.Mem{Base: l.first, Disp: disp}
	switch u {
	case 1, 2:
		m.Index, m.Scale = l.stride, uint8(u)
	case 3:
		m.Index, m.Scale = l.triple, 1
	}
	return m
}

// advance goes on by 1, 2 or 4 lines.
func (l lines) advance(n int) {
	l.LEAQ(operand.Mem{Base: l.first, Index: l.stride, Scale: uint8(n)}, l.first)
}

// rows address the rows of a matrix, a stride apart, with a pointer for every third
// of them: the others are one or two strides from it.
type rows struct {
	*generator
	pointers []reg.Register
	stride   reg.Register
}

// rowsFrom points at n rows. The register that holds the first one becomes theirs.
func (g *generator) rowsFrom(first, stride reg.Register, n int) rows {
	r := rows{g, []reg.Register{first}, stride}
	for i := 3; i < n; i += 3 {
		next := g.GP64()
		g.LEAQ(operand.Mem{Base: r.pointers[len(r.pointers)-1], Index: stride, Scale: 2}, next)
		g.ADDQ(stride, next)
		r.pointers = append(r.pointers, next)
	}
	return r
}

// row addresses the place at hand in row i, and some bytes behind it.
func (r rows) row(i, disp int) operand.Mem {
	m := operand.Mem{Base: r.pointers[i/3], Disp: disp}
	if i%3 > 0 {
		m.Index, m.Scale = r.stride, uint8(i%3)
	}
	return m
}

// advance goes on by some bytes in all rows.
func (r rows) advance(bytes operand.Op) {
	for _, p := range r.pointers {
		r.ADDQ(bytes, p)
	}
}
