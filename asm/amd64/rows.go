package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

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
