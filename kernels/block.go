package kernels

import (
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// The cache blocks of GEMM, as in K. Goto, R. van de Geijn: Anatomy of
// high-performance matrix multiplication, 2008. A panel of b (kc × NR) stays in
// the first-level cache, a block of a (mc × kc) in the second. No bit depends on
// them: each block of k carries on the chains that c holds.
const (
	blockK = 256
	blockM = 192
	blockN = 2048
)

// multiply runs the loops around the blocks. Their names are those of the BLIS
// papers.
func (k *Core) multiply(p *product) {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	if depth == 0 {
		k.macro(p, block{i1: m, j1: n})
		return
	}
	for jc := 0; jc < n; jc += blockN {
		for pc := 0; pc < depth; pc += blockK {
			for ic := 0; ic < m; ic += blockM {
				k.macro(p, block{ic, min(ic+blockM, m), jc, min(jc+blockN, n), pc, min(pc+blockK, depth)})
			}
		}
	}
}

// A block is the part of a product that one pass over the caches works on:
// rows i0 to i1-1 and columns j0 to j1-1 of c, and p0 to p1-1 of k.
type block struct{ i0, i1, j0, j1, p0, p1 int }

func (b block) rows() int  { return b.i1 - b.i0 }
func (b block) cols() int  { return b.j1 - b.j0 }
func (b block) depth() int { return b.p1 - b.p0 }

// A panel is where a tile finds an operand: its first element, and the steps
// between rows and between columns.
type panel struct {
	at     *float32
	rs, cs int
}

// A tile is a register tile of c: its first row and column, and its size.
type tile struct{ i, j, rows, cols int }

// macro multiplies one block, tile by tile.
func (k *Core) macro(p *product, b block) {
	k.packBlocks(p, b)
	s, lo := p.seed, micro.None
	if b.p0 > 0 {
		s = fromC
	}
	if b.p1 == p.a.Cols {
		lo = p.lo
	}
	nr, depth := k.set.NR, b.depth()
	k.cutRows(b.rows())
	rowsA := k.rowsA(p, b)
	for jr := b.j0; jr < b.j1; jr += nr {
		pb, cols := k.panelB(p, b, jr), min(nr, b.j1-jr)
		contiguous := cols == nr && p.c.ColStride == 1
		i := b.i0
		for _, rows := range k.heights {
			pa := rowsA.tile(i-b.i0, rows)
			if contiguous {
				c, rsc := p.c.at(i, jr), p.c.RowStride
				init, rsinit := k.seedOf(p, s, jr, c)
				k.set.Gemm[rows-1](depth, pa.at, pa.rs, pa.cs, pb.at, pb.rs, init, rsinit, c, rsc, lo)
			} else {
				k.edgeTile(p, s, lo, depth, tile{i, jr, rows, cols}, pa, pb)
			}
			i += rows
		}
	}
}

// cutRows sets heights to those of the tiles that cover that many rows evenly:
// 16 rows are 6 + 5 + 5, not 6 + 6 + 4.
func (k *Core) cutRows(rows int) {
	tiles := (rows + k.set.MR - 1) / k.set.MR
	k.heights = k.heights[:0]
	for t := range tiles {
		k.heights = append(k.heights, rows*(t+1)/tiles-rows*t/tiles)
	}
}

// seedOf is where a tile at column j and at c finds the starts of its chains.
func (k *Core) seedOf(p *product, s seed, j int, c *float32) (init *float32, rsinit int) {
	switch s {
	case fromBias:
		return &p.bias[j], 0
	case fromC:
		return c, p.c.RowStride
	}
	return &k.zeros[0], 0
}

// edgeTile computes a tile that is not as wide as the registers, or whose rows
// are not contiguous, in a scratch tile.
func (k *Core) edgeTile(p *product, s seed, lo float32, depth int, t tile, pa, pb panel) {
	nr := k.set.NR
	for r := range t.rows {
		row := k.tile[r*nr : r*nr+t.cols]
		switch s {
		case fromZero:
			clear(row)
		case fromBias:
			copy(row, p.bias[t.j:])
		case fromC:
			for q := range row {
				row[q] = p.c.At(t.i+r, t.j+q)
			}
		}
	}
	at := &k.tile[0]
	k.set.Gemm[t.rows-1](depth, pa.at, pa.rs, pa.cs, pb.at, pb.rs, at, nr, at, nr, lo)
	for r := range t.rows {
		for q, v := range k.tile[r*nr : r*nr+t.cols] {
			p.c.Set(t.i+r, t.j+q, v)
		}
	}
}

// offset is the address n elements from p.
func offset(p *float32, n int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(p), 4*n))
}
