package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// packReuse is how often an element must be used for it to pay to copy its
// block into the order in which tiles read it.
const packReuse = 96

// packsA reports whether blocks of a are copied: if α has to be multiplied in,
// or if a tile would read each of its rows from other cache lines and reads
// them often.
func (p *product) packsA() bool {
	return p.alphaA != 1 || p.c.Cols >= packReuse && p.c.Rows >= packReuse && p.a.ColStride != 1
}

// packsB is the same for b, which a tile can only read along contiguous rows.
func (p *product) packsB(s *micro.Set) bool {
	return p.alphaB != 1 || p.b.ColStride != 1 && p.c.Cols > 1 || p.c.Rows >= packReuse && p.c.Cols > s.NR
}

// packBlocks copies what the block reads of a, and, once for all blocks of
// rows, what it reads of b.
func (k *Core) packBlocks(p *product, b block) {
	if b.depth() == 0 {
		return
	}
	if p.packsA() {
		k.packA(p, b)
	}
	if p.packsB(k.set) && b.i0 == 0 {
		k.packB(p, b)
	}
}

// packA copies a of the block, times α, to blockA: tile after tile, and in a
// tile column after column.
func (k *Core) packA(p *product, b block) {
	dst := grow(&k.blockA, b.rows()*b.depth())
	i := b.i0
	for _, run := range cutRows(b.rows(), k.set.MR) {
		for range run.tiles {
			for r := range run.rows {
				at := i*p.a.RowStride + b.p0*p.a.ColStride
				for q := r; q < run.rows*b.depth(); q += run.rows {
					dst[q] = p.alphaA * p.a.Data[at]
					at += p.a.ColStride
				}
				i++
			}
			dst = dst[run.rows*b.depth():]
		}
	}
}

// panelA is where a column of tiles finds its rows of a.
func (k *Core) panelA(p *product, b block, t column) panel {
	switch {
	case b.depth() == 0:
		return panel{at: &k.zeros[0]}
	case p.packsA():
		return panel{&k.blockA[(t.i-b.i0)*b.depth()], 1, t.rows, t.rows * b.depth()}
	}
	return panel{p.a.at(t.i, b.p0), p.a.RowStride, p.a.ColStride, t.rows * p.a.RowStride}
}

// packB copies b of the block, times α, to blockB: NR columns after NR columns,
// and among them row after row. Columns beyond the last are 0.
func (k *Core) packB(p *product, b block) {
	nr := k.set.NR
	buf := grow(&k.blockB, b.depth()*((b.cols()+nr-1)/nr*nr))
	for j := b.j0; j < b.j1; j += nr {
		p.packPanel(buf[(j-b.j0)*b.depth():], b, j, min(nr, b.j1-j), nr)
	}
}

func (p *product) packPanel(dst []float32, b block, j, cols, nr int) {
	rs, cs := p.b.RowStride, p.b.ColStride
	dst = dst[:b.depth()*nr]
	if cols < nr {
		clear(dst)
	}
	if cs == 1 && p.alphaB == 1 {
		for q := range b.depth() {
			at := (b.p0+q)*rs + j
			copy(dst[q*nr:q*nr+cols], p.b.Data[at:at+cols])
		}
		return
	}
	for c := range cols { // down a column: b is mostly a transposed matrix here
		at := b.p0*rs + (j+c)*cs
		for q := c; q < len(dst); q += nr {
			dst[q] = p.alphaB * p.b.Data[at]
			at += rs
		}
	}
}

// panelB is where tiles find columns j to j+NR-1 of the block. The last ones,
// if they are fewer, are copied and padded, so that a tile reads full vectors.
func (k *Core) panelB(p *product, b block, j int) panel {
	nr := k.set.NR
	switch {
	case b.depth() == 0:
		return panel{at: &k.zeros[0]}
	case p.packsB(k.set):
		return panel{at: &k.blockB[(j-b.j0)*b.depth()], rs: nr}
	case b.j1-j < nr:
		buf := grow(&k.blockB, b.depth()*nr)
		p.packPanel(buf, b, j, b.j1-j, nr)
		return panel{at: &buf[0], rs: nr}
	}
	return panel{at: p.b.at(b.p0, j), rs: p.b.RowStride}
}
