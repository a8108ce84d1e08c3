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
	buf := grow(&k.blockA, b.rows()*b.depth())
	k.cutRows(b.rows())
	i := b.i0
	for _, rows := range k.heights {
		dst := buf[(i-b.i0)*b.depth():]
		for r := range rows {
			at := (i+r)*p.a.RowStride + b.p0*p.a.ColStride
			for q := range b.depth() {
				dst[q*rows+r] = p.alphaA * p.a.Data[at]
				at += p.a.ColStride
			}
		}
		i += rows
	}
}

// A rowPanels is where the tiles of a block find their rows of a.
type rowPanels struct {
	first  panel
	step   int  // elements from a row to the next
	packed bool // a tile's rows are neighbours in memory
}

// rowsA is where tiles find the rows of the block.
func (k *Core) rowsA(p *product, b block) rowPanels {
	switch {
	case b.depth() == 0:
		return rowPanels{first: panel{at: &k.zeros[0]}}
	case p.packsA():
		return rowPanels{panel{at: &k.blockA[0], rs: 1}, b.depth(), true}
	}
	return rowPanels{panel{p.a.at(b.i0, b.p0), p.a.RowStride, p.a.ColStride}, p.a.RowStride, false}
}

// tile is the panel of the tile that begins at that row of the block.
func (r *rowPanels) tile(row, rows int) panel {
	t := r.first
	t.at = offset(t.at, row*r.step)
	if r.packed {
		t.cs = rows
	}
	return t
}

// packB copies b of the block, times α, to blockB: NR columns after NR columns,
// and among them row after row. Columns beyond the last are 0.
func (k *Core) packB(p *product, b block) {
	nr := k.set.NR
	buf := grow(&k.blockB, b.depth()*(b.cols()+nr-1)/nr*nr)
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
		return panel{&k.zeros[0], 0, 0}
	case p.packsB(k.set):
		return panel{&k.blockB[(j-b.j0)*b.depth()], nr, 1}
	case b.j1-j < nr:
		buf := grow(&k.blockB, b.depth()*nr)
		p.packPanel(buf, b, j, b.j1-j, nr)
		return panel{&buf[0], nr, 1}
	}
	return panel{p.b.at(b.p0, j), p.b.RowStride, 1}
}
