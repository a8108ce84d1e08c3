package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// packsA reports whether blocks of a are re-ordered into tiles: if α has to be
// multiplied in, or if rows are used often enough to pay for the copy.
func (p *product) packsA() bool {
	return p.alphaA != 1 || p.c.Cols >= packReuse && p.c.Rows >= packReuse && p.a.ColStride != 1
}

// packsB is the same for b, which a tile can only read along contiguous rows.
func (p *product) packsB(s *micro.Set) bool {
	return p.alphaB != 1 || p.b.ColStride != 1 && p.c.Cols > 1 || p.c.Rows >= packReuse && p.c.Cols > s.NR
}

// packBlockA copies a of the block, times α, to packA: tile after tile, and in a tile
// column after column.
func (k *Core) packBlockA(p *product, b block) {
	buf := grow(&k.packA, b.rows()*b.depth())
	for i := b.i0; i < b.i1; {
		rows := tileRows(b.i1-i, k.set.MR)
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

// panelA is where the tile of that many rows finds row i of the block.
func (k *Core) panelA(p *product, b block, i, rows int) panel {
	switch {
	case b.depth() == 0:
		return panel{&k.zeros[0], 0, 0}
	case p.packsA():
		return panel{&k.packA[(i-b.i0)*b.depth()], 1, rows}
	}
	return panel{p.a.at(i, b.p0), p.a.RowStride, p.a.ColStride}
}

// packBlockB copies b of the block, times α, to packB: NR columns after NR columns, and
// among them row after row. Columns beyond the last are 0.
func (k *Core) packBlockB(p *product, b block) {
	nr := k.set.NR
	buf := grow(&k.packB, b.depth()*(b.cols()+nr-1)/nr*nr)
	for j := b.j0; j < b.j1; j += nr {
		p.packPanel(buf[(j-b.j0)*b.depth():], b, j, min(nr, b.j1-j), nr)
	}
}

func (p *product) packPanel(dst []float32, b block, j, cols, nr int) {
	for q := range b.depth() {
		row := dst[q*nr : q*nr+nr]
		at := (b.p0+q)*p.b.RowStride + j*p.b.ColStride
		if p.b.ColStride == 1 && p.alphaB == 1 {
			copy(row, p.b.Data[at:at+cols])
		} else {
			for r := range cols {
				row[r] = p.alphaB * p.b.Data[at]
				at += p.b.ColStride
			}
		}
		clear(row[cols:])
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
		return panel{&k.packB[(j-b.j0)*b.depth()], nr, 1}
	case b.j1-j < nr:
		buf := grow(&k.packB, b.depth()*nr)
		p.packPanel(buf, b, j, b.j1-j, nr)
		return panel{&buf[0], nr, 1}
	}
	return panel{p.b.at(b.p0, j), p.b.RowStride, 1}
}
