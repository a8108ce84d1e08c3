package kernels

// A Packed is the second operand of GemmPacked in the order in which the tiles
// of one tier read it. It takes the memory of the matrix, its columns rounded up to
// whole vectors. Any number of Cores may multiply with it at once. The zero value is
// ready for Pack, but not for GemmPacked.
type Packed struct {
	tier       Tier
	rows, cols int
	data       []float32
}

const badPacked = "kernels: operand was packed for another tier, or not at all"

// manyRows stands for a c of more rows than any tile.
const manyRows = 1 << 20

// Pack re-orders b (k × n, any strides) into p, for GemmPacked on this tier. It
// re-uses the memory of p. It panics if b reaches beyond its data.
func (k *Core) Pack(p *Packed, b Mat) {
	b.checkInput()
	p.tier, p.rows, p.cols = k.tier, b.Rows, b.Cols
	if b.Rows > 0 && b.Cols > 0 {
		grow(&p.data, b.Rows*roundUp(b.Cols, k.set.Vector))
		k.packStrips(p.data, b.place(0, 0), b.Rows, b.Cols, 1, manyRows)
	}
}

// GemmPacked is Gemm with a b that Pack has re-ordered. It pays for a b that is
// used again and again, with an a of more than a few rows. It panics as Gemm
// does, and if b was packed for another tier.
func (k *Core) GemmPacked(alpha float32, a Mat, b *Packed, beta float32, c Mat, e Epilogue) {
	b.check(&a, &c, e, k.tier)
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	p := product{alphaA: alpha, alphaB: 1, a: a, b: b.shape(), packed: b.data, c: c, bias: e.Bias, lo: e.floor()}
	p.normalize()
	k.run(&p, beta)
}

func (p *Packed) check(a, c *Mat, e Epilogue, t Tier) {
	if p.tier != t {
		panic(badPacked)
	}
	a.checkInput()
	b := p.shape()
	checkOutput(a, &b, c, e)
}

// shape is the size of the matrix, without its data.
func (p *Packed) shape() Mat { return Mat{Rows: p.rows, Cols: p.cols} }

// columns is the part of p from column j0 to j1-1, which begins and ends with a strip
// of the tile for many rows, or with p.
func (p *Packed) columns(j0, j1 int) Packed {
	return Packed{p.tier, p.rows, j1 - j0, p.data[min(j0*p.rows, len(p.data)):]}
}
