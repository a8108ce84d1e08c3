package kernels

// A Packed is the second operand of GemmPacked in the order in which the tiles
// of one tier read it, or, of a few columns, row after row. It takes the memory of the
// matrix, its columns rounded up to whole vectors. Any number of Cores may multiply with
// it at once. The zero value is ready for Pack, but not for GemmPacked.
type Packed struct {
	tier       Tier
	rows, cols int
	data       []float32
	narrow     bool // b is row-major: a few columns, for which the transposed form is faster
}

const badPacked = "kernels: operand was packed for another tier, or not at all"

// manyRows stands for a c of more rows than any tile, and for what Pack expects of one.
const manyRows = 1 << 10

// Pack re-orders b (k × n, any strides) into p, for GemmPacked on this tier. It
// re-uses the memory of p. It panics if b reaches beyond its data.
func (k *Core) Pack(p *Packed, b Mat) {
	b.checkInput()
	p.tier, p.rows, p.cols = k.tier, b.Rows, b.Cols
	if b.Rows == 0 || b.Cols == 0 {
		return
	}
	grow(&p.data, b.Rows*roundUp(b.Cols, k.set.Vector))
	v := k.set.Vector
	// That form re-orders a each time, and of a wide b the strips are worth more.
	p.narrow = b.Cols < 2*mainTile(k.set).NR && cost(v, b.Cols, manyRows, b.Rows, moves{b: true, c: true}) < cost(v, manyRows, b.Cols, b.Rows, moves{})
	if p.narrow {
		k.move(place{&p.data[0], b.Cols, 1}, b.place(0, 0), b.Rows, b.Cols, 1)
	} else {
		k.packStrips(p.data, b.place(0, 0), b.Rows, b.Cols, 1, manyRows)
	}
}

// GemmPacked is Gemm with a b that Pack has re-ordered. It pays for a b that is
// used again and again, with an a of more than a few rows. It panics as Gemm
// does, and if b was packed for another tier.
func (k *Core) GemmPacked(alpha float32, a Mat, b *Packed, beta float32, c Mat, e Epilogue) {
	var p product
	p.setPacked(alpha, &a, b, beta, &c, e, k.tier)
	k.run(&p)
}

// setPacked checks the operands of GemmPacked. Of a b in strips, as it was, the product has
// the size alone.
func (p *product) setPacked(alpha float32, a *Mat, b *Packed, beta float32, c *Mat, e Epilogue, t Tier) {
	if b.tier != t {
		panic(badPacked)
	}
	p.set(alpha, a, &Mat{b.data, b.rows, b.cols, b.cols, 1}, beta, c, e)
	if !b.narrow {
		p.packed = b.data
	}
}
