package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// multiply runs the loops around the blocks. Their names are those of the BLIS
// papers.
func (k *Core) multiply(p *product) {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	if depth == 0 {
		k.macro(p, &block{i1: m, j1: n})
		return
	}
	nc, kc, mc := k.blocks.n, evenly(depth, k.blocks.k, 1), evenly(m, k.blocks.m, highest(k.set))
	for jc := 0; jc < n; jc += nc {
		for pc := 0; pc < depth; pc += kc {
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
	tile          *micro.Tile
	lines, strips int
	rows, cols    int // of a tile
	a, b, init, c place
	down, across  int // from line to line in a, from strip to strip in b
	k             int
	lo            float32

	ahead, stepAhead int // from a strip to the next, of which it prefetches a part
}

// macro multiplies one block, grid by grid.
func (k *Core) macro(p *product, b *block) {
	k.packBlocks(p, b)
	lo := micro.None
	if b.p1 == p.a.Cols {
		lo = p.lo
	}
	c, init := p.c.place(b.i0, b.j0), k.init(p, b)
	runs := cutRows(b.rows(), highest(k.set))
	for j := 0; j < b.cols(); {
		s := stripsFor(k.set, p.height(), b.cols()-j)
		g := grid{tile: s.tile, strips: s.strips, cols: s.cols, k: b.depth(), lo: lo}
		g.b, g.across = k.placeB(p, b, j, s)
		g.lookAhead(runs[0].tiles + runs[1].tiles)
		i := 0
		for _, r := range runs {
			if r.tiles > 0 {
				g.lines, g.rows = r.tiles, r.rows
				g.a, g.down = k.placeA(p, b, i, r.rows)
				g.c, g.init = c.from(i, j), init.from(i, j)
				k.compute(&g)
				g.ahead += r.tiles * (g.k / micro.AheadEvery) * g.stepAhead
				i += r.tiles * r.rows
			}
		}
		j += s.strips * s.cols
	}
}

// lookAhead spreads the prefetching of the next strip of b, if it lies in one
// piece behind the one at hand, over the tiles of the strip.
func (g *grid) lookAhead(lines int) {
	if rounds := lines * (g.k / micro.AheadEvery); rounds > 0 && g.across > g.tile.NR {
		g.ahead, g.stepAhead = g.across, (g.across+rounds-1)/rounds
	}
}

// init is what the chains of a block start from.
func (k *Core) init(p *product, b *block) place {
	switch {
	case b.p0 > 0 || p.seed == fromC:
		return p.c.place(b.i0, b.j0)
	case p.seed == fromBias:
		return place{&p.bias[b.j0], 0, 1}
	case p.seed == fromBiasRow:
		nr := k.set.Tiles[0].NR
		return place{&k.biasRows[b.i0*nr], nr, 0}
	}
	return place{&k.zeros[0], 0, 0}
}

// compute runs the tiles of a grid: line by line if that takes few calls, else
// strip by strip, so that a strip of b stays in the first-level cache.
func (k *Core) compute(g *grid) {
	switch {
	case g.c.cs != 1 && g.cols*g.strips > 1 || g.cols < g.tile.NR && !k.set.Masks:
		k.scratchLines(g)
	case g.k*g.strips*g.cols <= maxLine:
		for i := range g.lines {
			g.line(i, 0, g.strips, g.init.from(i*g.rows, 0), g.c.from(i*g.rows, 0))
		}
	default:
		for q := range g.strips {
			g.strip(q)
		}
	}
}

// maxLine is the number of elements of b up to which tiles are computed line by
// line: a part of the first-level cache.
const maxLine = 1 << 13

// line computes a number of tiles beside each other: in line i, from strip q.
func (g *grid) line(i, q, strips int, init, c place) {
	b := offset(g.b.at, q*g.across)
	g.tile.Gemm[g.rows-1](strips, g.k, offset(g.a.at, i*g.down), g.a.rs, g.a.cs, 0, b, g.b.rs, g.across,
		init.at, init.rs, g.cols*init.cs, c.at, c.rs, g.cols, g.cols, g.lo, b, 0)
}

// strip computes the tiles of strip q, one below the other.
func (g *grid) strip(q int) {
	init, c := g.init.from(0, q*g.cols), g.c.from(0, q*g.cols)
	b := offset(g.b.at, q*g.across)
	g.tile.Gemm[g.rows-1](g.lines, g.k, g.a.at, g.a.rs, g.a.cs, g.down, b, g.b.rs, 0,
		init.at, init.rs, g.rows*init.rs, c.at, c.rs, g.rows*c.rs, g.cols, g.lo, offset(b, g.ahead), g.stepAhead)
}

// scratchCols is the width of the scratch in which scratchLines computes.
const scratchCols = 256

// scratchLines computes tiles that are not as wide as the registers, or whose rows
// are not contiguous, in a scratch of a few tiles beside each other.
func (k *Core) scratchLines(g *grid) {
	most := max(1, scratchCols/g.tile.NR)
	for i := range g.lines {
		for q := 0; q < g.strips; q += most {
			strips := min(most, g.strips-q)
			cols := strips * g.cols
			scratch := place{&k.scratch[0], scratchCols, 1}
			c, init := g.c.from(i*g.rows, q*g.cols), g.init.from(i*g.rows, q*g.cols)
			if init.cs != 0 { // c or a bias, where there may be no whole tile to read
				k.move(scratch, init, g.rows, cols, 1)
				init = scratch
			}
			g.line(i, q, strips, init, scratch)
			k.move(c, scratch, g.rows, cols, 1)
		}
	}
}
