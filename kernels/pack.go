package kernels

import "math"

// decidePacking says which operands are copied: those that α has to be multiplied
// into, a b without contiguous rows, an a with neither these nor contiguous columns,
// and those that are slow to read as they lie and needed for enough columns, or rows,
// of c to make up for the copy: of b, which tiles read by whole lines of the cache, for
// more of them.
func (p *product) decidePacking() {
	p.packsA = p.alphaA != 1 || p.a.RowStride != 1 && p.a.ColStride != 1 ||
		p.c.Cols >= max(minReuseA, reuseToPack(p.a.Cols, p.a.ColStride, p.a.RowStride))
	p.packsB = p.packed == nil && (p.alphaB != 1 || p.b.ColStride != 1 ||
		p.c.Rows > reuseToPack(p.b.Rows, p.b.RowStride, p.b.ColStride))
}

// pageOfFloats is 4 KB of float32: addresses that far apart share a set of a first-level
// cache.
const pageOfFloats = 1 << 10

// minReuseA is for how many columns of c a copy of a pays at the earliest.
const minReuseA = 128

// reuseToPack is how often each element must be needed to make a copy of them pay,
// where elements lie a step apart, for that many steps, and their neighbours a stride
// apart: rarely, if they share a set of a first-level cache or lie over too many pages,
// so that each is read from far away each time; more often, if they lie over more than
// a second-level cache has, or if no prefetcher follows. Measured on Zen 3.
func reuseToPack(steps, step, stride int) int {
	const (
		fits  = 16  // steps that are fast in any case
		few   = 128 // and those that are if they do not share a set
		large = 1 << 17
		far   = 1 << 18
	)
	crowded := step%pageOfFloats == 0
	switch {
	case crowded && steps > fits && steps < few:
		return 32
	case steps < few || step == 1 && stride%pageOfFloats != 0:
		return math.MaxInt
	case step == 1: // rows are pages apart, but what is read of each is contiguous
		return 384
	case crowded || steps*step > far:
		return 16
	case steps*step > large:
		return 64
	}
	return 256
}

// packBlocks copies what the block reads of a, and, once for all blocks of
// rows, what it reads of b.
func (k *Core) packBlocks(p *product, b *block) {
	if b.depth() == 0 {
		return
	}
	if p.packsA {
		k.packA(p, b)
	}
	if p.packsB && b.i0 == 0 {
		buf := grow(&k.blockB, b.depth()*roundUp(b.cols(), k.set.Vector))
		k.packStrips(buf, p.b.place(b.p0, b.j0), b.depth(), b.cols(), p.alphaB, p.height())
	}
}

// packA copies a of the block, times α, to blockA: tile after tile, and in a
// tile column after column.
func (k *Core) packA(p *product, b *block) {
	depth := b.depthA()
	buf, i := grow(&k.blockA, b.rows()*depth), 0
	for _, l := range cutRows(b.rows(), highest(k.set)) {
		src := p.a.place(b.i0+i, b.p0).t()
		k.packTiles(buf[i*depth:], src, l.count, l.rows*depth, b.depth(), l.rows, l.rows, p.alphaA)
		i += l.count * l.rows
	}
}

// depthA is the number of columns of a tile of blockA, with free ones. Tiles of 512 or
// 1024 would be so far apart that all share a set of the first-level cache, and what
// packTiles writes to one would push out the others.
func (b *block) depthA() int { return b.depth() | 4 }

// packStrips copies rows × cols of b, times α, strip after strip as stripsFor cuts
// it for m rows of c, and in a strip row after row, each as long as the tile is wide.
func (k *Core) packStrips(dst []float32, b place, rows, cols int, alpha float32, m int) {
	for j := 0; j < cols; {
		s := stripsFor(k.set, m, cols-j)
		k.packTiles(dst[j*rows:], b.from(0, j), s.count, rows*s.tile.NR, rows, s.cols, s.tile.NR, alpha)
		j += s.count * s.cols
	}
}

// packTiles copies tiles of rows × cols that lie side by side, times α: tile after
// tile, each of that size, and in a tile row after row, rs elements apart. Along
// contiguous rows, which may be pages apart, it goes row by row, or by a few rows of
// each tile where these fit the first-level cache. No prefetcher follows that by itself:
// it asks for what is some rows ahead.
func (k *Core) packTiles(dst []float32, src place, tiles, size, rows, cols, rs int, alpha float32) {
	const few, fit = 16, 1 << 11
	switch {
	case src.cs != 1 || tiles < 2:
		for t := range tiles {
			k.move(place{&dst[t*size], rs, 1}, src.from(0, t*cols), rows, cols, alpha)
		}
	case few*tiles*cols > fit || src.rs%(pageOfFloats/2) == 0:
		for p := range rows {
			k.set.Copy(tiles, cols, &dst[p*rs], size, src.element(p, 0), cols, alpha, min(8, rows-1-p)*src.rs)
		}
	default:
		for p := 0; p < rows; p += few {
			n := min(few, rows-p)
			for t := range tiles {
				k.set.Copy(n, cols, &dst[t*size+p*rs], rs, src.element(p, t*cols), src.rs, alpha, min(few, rows-p-n)*src.rs)
			}
		}
	}
}

// placeA is where lines of tiles of that many rows, from row i of the block on,
// find their rows of a, and the step from line to line.
func (k *Core) placeA(p *product, b *block, i, rows int) (at place, down int) {
	switch {
	case b.depth() == 0:
		return place{}, 0
	case p.packsA:
		return place{&k.blockA[i*b.depthA()], 1, rows}, rows * b.depthA()
	}
	return p.a.place(b.i0+i, b.p0), rows * p.a.RowStride
}

// placeB is where strips of tiles, from column j of the block on, find their
// columns of b, and the step from strip to strip. A strip that is not as wide as
// its tile is copied if the tier reads whole tiles in any case.
func (k *Core) placeB(p *product, b *block, j int, s strips) (at place, across int) {
	nr := s.tile.NR
	switch {
	case b.depth() == 0:
		return place{at: &k.scratch[0]}, 0 // to which the hint points
	case p.packed != nil:
		return place{&p.packed[(b.j0+j)*p.a.Cols+b.p0*nr], nr, 1}, nr * p.a.Cols
	case p.packsB:
		return place{&k.blockB[j*b.depth()], nr, 1}, nr * b.depth()
	case s.cols < nr && !k.set.Masks:
		buf := grow(&k.blockB, b.depth()*nr)
		k.move(place{&buf[0], nr, 1}, p.b.place(b.p0, b.j0+j), b.depth(), s.cols, 1)
		return place{&buf[0], nr, 1}, 0
	}
	return p.b.place(b.p0, b.j0+j), nr
}

func roundUp(n, unit int) int { return (n + unit - 1) / unit * unit }
