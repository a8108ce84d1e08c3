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

// A grid is a part of c in a block that consists of equal tiles, lines of them
// below each other, with what they read and write.
type grid struct {
	lines         lines
	strips        strips
	a, b, init, c place
	down, across  int // from line to line in a, from strip to strip in b
	k             int
	lo            float32

	ahead, stepAhead int // from a strip to the next, a part of which its tiles prefetch
}

// macro multiplies one block, grid by grid.
func (k *Core) macro(p *product, b *block) {
	k.packBlocks(p, b)
	g := grid{k: b.depth(), lo: micro.None}
	if p.relu && b.p1 == p.a.Cols {
		g.lo = 0
	}
	c, init := p.c.place(b.i0, b.j0), k.seedPlace(p, b)
	runs := cutRows(b.rows(), highest(k.set))
	rounds := b.depth() / k.set.AheadEvery // in which a tile prefetches
	for j := 0; j < b.cols(); j += g.strips.count * g.strips.cols {
		g.strips = stripsFor(k.set, p.height(), b.cols()-j)
		g.b, g.across = k.placeB(p, b, j, g.strips)
		g.lookAhead(rounds * (runs[0].count + runs[1].count))
		i := 0
		for _, g.lines = range runs {
			if g.lines.count > 0 {
				g.a, g.down = k.placeA(p, b, i, g.lines.rows)
				g.c, g.init = c.from(i, j), init.from(i, j)
				k.compute(&g)
				g.ahead += g.lines.count * rounds * g.stepAhead
				i += g.lines.count * g.lines.rows
			}
		}
	}
}

// lookAhead spreads the prefetching of the next strip of b, if it lies in one
// piece behind the one at hand, over all rounds of the tiles of the strip.
func (g *grid) lookAhead(rounds int) {
	g.ahead, g.stepAhead = 0, 0
	if rounds > 0 && g.across > g.strips.tile.NR {
		g.ahead, g.stepAhead = g.across, g.k*g.strips.tile.NR/rounds
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

// compute runs the tiles of a grid: line by line if that takes few calls, else
// strip by strip, so that a strip of b stays in the first-level cache.
func (k *Core) compute(g *grid) {
	switch {
	case g.c.cs != 1 || g.strips.cols < g.strips.tile.NR && !k.set.Masks:
		k.scratchLines(g)
	case g.k*g.strips.count*g.strips.cols <= maxLine:
		for i := range g.lines.count {
			g.line(i, 0, g.strips.count, g.init.from(i*g.lines.rows, 0), g.c.from(i*g.lines.rows, 0))
		}
	default:
		for q := range g.strips.count {
			g.strip(q)
		}
	}
}

// maxLine is the number of elements of b up to which tiles are computed line by
// line: a part of the first-level cache.
const maxLine = 1 << 13

// line computes a number of tiles beside each other: in line i, from strip q.
func (g *grid) line(i, q, count int, init, c place) {
	g.strips.tile.Gemm[g.lines.rows-1](count, g.k, offset(g.a.at, i*g.down), g.a.rs, g.a.cs, 0, offset(g.b.at, q*g.across), g.b.rs, g.across,
		init.at, init.rs, g.strips.cols*init.cs, c.at, c.rs, g.strips.cols, g.strips.cols, g.lo, 0, 0)
}

// strip computes the tiles of strip q, one below the other.
func (g *grid) strip(q int) {
	ahead, step := g.ahead, g.stepAhead
	if q == g.strips.count-1 { // there may be nothing behind it
		ahead, step = 0, 0
	}
	init, c := g.init.from(0, q*g.strips.cols), g.c.from(0, q*g.strips.cols)
	g.strips.tile.Gemm[g.lines.rows-1](g.lines.count, g.k, g.a.at, g.a.rs, g.a.cs, g.down, offset(g.b.at, q*g.across), g.b.rs, 0,
		init.at, init.rs, g.lines.rows*init.rs, c.at, c.rs, g.lines.rows*c.rs, g.strips.cols, g.lo, ahead, step)
}

// scratchCols is the width of the scratch in which scratchLines computes: no tile
// is wider.
const scratchCols = 256

// scratchLines computes tiles that are not as wide as the registers, or whose rows
// are not contiguous, in a scratch of a few tiles beside each other.
func (k *Core) scratchLines(g *grid) {
	most := scratchCols / g.strips.tile.NR
	for i := range g.lines.count {
		for q := 0; q < g.strips.count; q += most {
			count := min(most, g.strips.count-q)
			cols := count * g.strips.cols
			scratch := place{&k.scratch[0], scratchCols, 1}
			c, init := g.c.from(i*g.lines.rows, q*g.strips.cols), g.init.from(i*g.lines.rows, q*g.strips.cols)
			if init.cs != 0 { // c or a bias, where there may be no whole tile to read
				k.move(scratch, init, g.lines.rows, cols, 1)
				init = scratch
			}
			g.line(i, q, count, init, scratch)
			k.move(c, scratch, g.lines.rows, cols, 1)
		}
	}
}
