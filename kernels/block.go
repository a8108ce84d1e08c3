package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

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

// A panel is where tiles find an operand: its first element, the steps between
// rows and between columns, and, for a, from tile to tile.
type panel struct {
	at           *float32
	rs, cs, step int
}

// A column is a column of register tiles of c: its first row and column, and the
// number and size of its tiles.
type column struct{ i, j, tiles, rows, cols int }

// macro multiplies one block, column by column of tiles.
func (k *Core) macro(p *product, b block) {
	k.packBlocks(p, b)
	s, lo := p.seed, micro.None
	if b.p0 > 0 {
		s = fromC
	}
	if b.p1 == p.a.Cols {
		lo = p.lo
	}
	nr := k.set.NR
	runs := cutRows(b.rows(), k.set.MR)
	for jr := b.j0; jr < b.j1; jr += nr {
		pb := k.panelB(p, b, jr)
		i := b.i0
		for _, r := range runs {
			if r.tiles > 0 {
				k.column(p, s, lo, b, column{i, jr, r.tiles, r.rows, min(nr, b.j1-jr)}, pb)
			}
			i += r.tiles * r.rows
		}
	}
}

// A run is a number of tiles of the same height.
type run struct{ tiles, rows int }

// cutRows covers that many rows evenly with tiles of at most mr: 16 rows are
// 6 + 5 + 5, not 6 + 6 + 4.
func cutRows(rows, mr int) [2]run {
	tiles := (rows + mr - 1) / mr
	low := rows / tiles
	high := rows - tiles*low // tiles of one row more
	return [2]run{{high, low + 1}, {tiles - high, low}}
}

// column computes a column of tiles over the block's part of k.
func (k *Core) column(p *product, s seed, lo float32, b block, t column, pb panel) {
	if t.cols < k.set.NR || p.c.ColStride != 1 {
		k.edgeColumn(p, s, lo, b, t, pb)
		return
	}
	c, rsc := p.c.at(t.i, t.j), p.c.RowStride
	init, rsinit := &k.zeros[0], 0
	switch s {
	case fromBias:
		init = &p.bias[t.j]
	case fromC:
		init, rsinit = c, rsc
	}
	pa := k.panelA(p, b, t)
	k.set.Gemm[t.rows-1](t.tiles, b.depth(), pa.at, pa.rs, pa.cs, pa.step, pb.at, pb.rs, init, rsinit, c, rsc, lo)
}

// edgeColumn computes tiles that are not as wide as the registers, or whose rows
// are not contiguous, in a scratch tile.
func (k *Core) edgeColumn(p *product, s seed, lo float32, b block, t column, pb panel) {
	nr, at := k.set.NR, &k.tile[0]
	for range t.tiles {
		pa := k.panelA(p, b, t)
		k.fillTile(p, s, t)
		k.set.Gemm[t.rows-1](1, b.depth(), pa.at, pa.rs, pa.cs, 0, pb.at, pb.rs, at, nr, at, nr, lo)
		for r := range t.rows {
			for q, v := range k.tile[r*nr : r*nr+t.cols] {
				p.c.Set(t.i+r, t.j+q, v)
			}
		}
		t.i += t.rows
	}
}

// fillTile sets the scratch tile to the starts of the chains of the first tile
// of a column.
func (k *Core) fillTile(p *product, s seed, t column) {
	for r := range t.rows {
		row := k.tile[r*k.set.NR:][:t.cols]
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
}
