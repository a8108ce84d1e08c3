package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// multiply runs the loops around the blocks. Their names are those of the BLIS
// papers.
func (k *Core) multiply(p *product) {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	nc, kc, mc := k.blocks.n, max(1, evenly(depth, k.blocks.k, 1)), evenly(m, k.blocks.m, highest(k.set))
	for jc := 0; jc < n; jc += nc {
		for pc := 0; pc == 0 || pc < depth; pc += kc {
			for ic := 0; ic < m; ic += mc {
				k.macro(p, &block{ic, min(ic+mc, m), jc, min(jc+nc, n), pc, min(pc+kc, depth)})
			}
		}
	}
}

// A block is the part of a product that one pass over the caches works on:
// rows i0 to i1-1 and columns j0 to j1-1 of c, and p0 to p1-1 of k.
type block struct{ i0, i1, j0, j1, p0, p1 int }

func (b *block) rows() int  { return b.i1 - b.i0 }
func (b *block) cols() int  { return b.j1 - b.j0 }
func (b *block) depth() int { return b.p1 - b.p0 }

// A grid is a part of c in a block that consists of tiles of the same width, with what
// they read and write.
type grid struct {
	runs          [2]run // the first may be empty
	strips        strips
	b, init, c    place
	across        int // from strip to strip in b
	k             int
	lo            float32
	rounds, ahead int // in which a tile prefetches, and how much a round
}

// A run is lines of tiles of the same height, below each other, from row i of the block on.
type run struct {
	lines
	i    int
	a    place
	down int // from line to line in a
}

// macro multiplies one block, grid by grid.
func (k *Core) macro(p *product, b *block) {
	k.packBlocks(p, b)
	g := grid{k: b.depth(), lo: micro.None, rounds: b.depth() / k.set.AheadEvery}
	if p.relu && b.p1 == p.a.Cols {
		g.lo = 0
	}
	i, tiles := 0, 0
	for r, l := range cutRows(b.rows(), highest(k.set)) {
		g.runs[r].lines, g.runs[r].i = l, i
		g.runs[r].a, g.runs[r].down = k.placeA(p, b, i, l.rows)
		i, tiles = i+l.count*l.rows, tiles+l.count
	}
	c, init := p.c.place(b.i0, b.j0), k.seedPlace(p, b)
	for j := 0; j < b.cols(); j += g.strips.count * g.strips.cols {
		g.strips = stripsFor(k.set, p.height(), b.cols()-j)
		g.b, g.across = k.placeB(p, b, j, g.strips)
		g.c, g.init = c.from(0, j), init.from(0, j)
		g.ahead = 0
		if g.rounds > 0 && g.across > g.strips.tile.NR { // a strip of b lies in one piece
			g.ahead = g.k * g.strips.tile.NR / (g.rounds * tiles)
		}
		k.compute(&g)
	}
}

// seedPlace is where the chains of a block find what they start from.
func (k *Core) seedPlace(p *product, b *block) place {
	switch {
	case b.p0 > 0:
		return p.c.place(b.i0, b.j0)
	case p.seed.rs > 0 && p.seed.cs == 0: // a bias by row: each element, across a row as wide as the tiles
		n, nr := b.rows(), stripsFor(k.set, p.height(), b.cols()).tile.NR
		rows := grow(&k.biasRows, n*nr)
		k.set.Transpose(nr, n, &rows[0], nr, p.seed.element(b.i0, 0), 0, 1, 0)
		return place{&rows[0], nr, 0}
	}
	return p.seed.from(b.i0, b.j0)
}

// compute runs the tiles of a grid: line by line if b is small, or it takes a scratch, else
// strip by strip, so that a strip of b stays in the caches.
func (k *Core) compute(g *grid) {
	scratched := g.c.cs != 1 || g.strips.cols < g.strips.tile.NR && !k.set.Masks
	if !scratched && g.k*g.strips.count*g.strips.cols > k.blocks.line {
		for q := range g.strips.count {
			g.strip(q)
		}
		return
	}
	for r := range g.runs {
		k.lineByLine(g, &g.runs[r], scratched)
	}
}

// strip computes the tiles of strip q, one below the other. They prefetch the next strip,
// or behind the last one the first, with which the next block of rows begins.
func (g *grid) strip(q int) {
	at, col := q*g.across, q*g.strips.cols
	next := (q+1)%g.strips.count*g.across - at
	for _, r := range g.runs {
		if r.count == 0 {
			continue
		}
		init, c := g.init.from(r.i, col), g.c.from(r.i, col)
		g.strips.tile.Gemm[r.rows-1](r.count, g.k, r.a.at, r.a.rs, r.a.cs, r.down, offset(g.b.at, at), g.b.rs, 0,
			init.at, init.rs, r.rows*init.rs, c.at, c.rs, r.rows*c.rs, g.strips.cols, g.lo, next, g.ahead)
		next += r.count * g.rounds * g.ahead
	}
}

// scratchCols is the width of the scratch for tiles beside each other: no tile is wider.
const scratchCols = 256

// lineByLine computes the tiles of a run: in a scratch if they are not as wide as the
// registers, or their rows are not contiguous.
func (k *Core) lineByLine(g *grid, r *run, scratched bool) {
	most := g.strips.count
	if scratched {
		most = scratchCols / g.strips.tile.NR
	}
	for i := range r.count {
		for q := 0; q < g.strips.count; q += most {
			count := min(most, g.strips.count-q)
			row, col, cols := r.i+i*r.rows, q*g.strips.cols, count*g.strips.cols
			init, c := g.init.from(row, col), g.c.from(row, col)
			if !scratched {
				g.line(r, i, q, count, init, c)
				continue
			}
			scratch := place{&k.scratch[0], scratchCols, 1}
			if init.cs != 0 { // c or a bias, where there may be no whole tile to read
				k.move(scratch, init, r.rows, cols, 1)
				init = scratch
			}
			g.line(r, i, q, count, init, scratch)
			k.move(c, scratch, r.rows, cols, 1)
		}
	}
}

// line computes a number of tiles beside each other: in line i of a run, from strip q.
func (g *grid) line(r *run, i, q, count int, init, c place) {
	g.strips.tile.Gemm[r.rows-1](count, g.k, offset(r.a.at, i*r.down), r.a.rs, r.a.cs, 0, offset(g.b.at, q*g.across), g.b.rs, g.across,
		init.at, init.rs, g.strips.cols*init.cs, c.at, c.rs, g.strips.cols, g.strips.cols, g.lo, 0, 0)
}
