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

// An operand packed is re-ordered into tiles first where each of its elements
// is used that often.
const packReuse = 96

// A panel is where a tile finds an operand: its first element, and the steps
// between rows and between columns.
type panel struct {
	at     *float32
	rs, cs int
}

// multiply runs the loops around the register tiles. Their names are those of
// the BLIS papers.
func (k *Core) multiply(p *product) {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	if depth == 0 {
		k.macro(p, block{0, m, 0, n, 0, 0})
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

// macro multiplies one block.
func (k *Core) macro(p *product, b block) {
	if p.packsB(k.set) && b.i0 == 0 {
		k.packBlockB(p, b)
	}
	if p.packsA() {
		k.packBlockA(p, b)
	}
	nr := k.set.NR
	for jr := b.j0; jr < b.j1; jr += nr {
		bp := k.panelB(p, b, jr)
		for ir := b.i0; ir < b.i1; {
			rows := tileRows(b.i1-ir, k.set.MR)
			k.tileAt(p, b, ir, rows, jr, k.panelA(p, b, ir, rows), bp)
			ir += rows
		}
	}
}

// tileRows is the height of the next tile, such that tiles of at most mr rows
// cover that many rows evenly: 16 rows are 6 + 5 + 5, not 6 + 6 + 4.
func tileRows(rows, mr int) int {
	tiles := (rows + mr - 1) / mr
	return (rows + tiles - 1) / tiles
}

// tileAt computes the tile of c at row i and column j over the block's part of k.
func (k *Core) tileAt(p *product, b block, i, rows, j int, pa, pb panel) {
	s, lo := p.seed, micro.None
	if b.p0 > 0 {
		s = fromC
	}
	if b.p1 == p.a.Cols {
		lo = p.lo
	}
	nr := k.set.NR
	if cols := min(b.j1-j, nr); cols < nr || p.c.ColStride != 1 {
		k.edgeTile(p, s, lo, b.depth(), i, rows, j, cols, pa, pb)
		return
	}
	c, rsc := p.c.at(i, j), p.c.RowStride
	init, rsinit := &k.zeros[0], 0
	switch s {
	case fromBias:
		init = &p.bias[j]
	case fromC:
		init, rsinit = c, rsc
	}
	k.set.Gemm[rows-1](b.depth(), pa.at, pa.rs, pa.cs, pb.at, pb.rs, init, rsinit, c, rsc, lo)
}

// edgeTile computes a tile that is not as wide as the registers, or whose rows
// are not contiguous, in a scratch tile.
func (k *Core) edgeTile(p *product, s seed, lo float32, depth, i, rows, j, cols int, pa, pb panel) {
	nr := k.set.NR
	for r := range rows {
		row := k.tile[r*nr : r*nr+cols]
		for q := range row {
			switch s {
			case fromZero:
				row[q] = 0
			case fromBias:
				row[q] = p.bias[j+q]
			case fromC:
				row[q] = p.c.At(i+r, j+q)
			}
		}
	}
	t := &k.tile[0]
	k.set.Gemm[rows-1](depth, pa.at, pa.rs, pa.cs, pb.at, pb.rs, t, nr, t, nr, lo)
	for r := range rows {
		for q, v := range k.tile[r*nr : r*nr+cols] {
			p.c.Set(i+r, j+q, v)
		}
	}
}
