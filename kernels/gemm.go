package kernels

// An Epilogue is what Gemm does to the product while it is in registers. The
// zero value does nothing.
type Epilogue struct {
	Bias []float32 // added to every row; nil for none, else one element a column
	ReLU bool      // then 0 where the result is ≤ 0 (NaN stays)
}

// Gemm computes c = act(α·a·b + β·c + bias) for a (m × k), b (k × n), c (m × n),
// all with any strides; transpose with Mat.T.
//
// Element (i, j) is a chain of fused multiply-adds in ascending p, one rounding
// each, that starts from the seed s = β·c[i][j] + bias[j]:
//
//	s = fma(α·a[i][p], b[p][j], s)    p = 0 … k-1
//
// β = 0 overwrites c without reading it, NaN included. So the bits of c depend
// on the operands alone, not on tier, blocking or worker.
//
// Gemm panics if the shapes do not fit, a matrix reaches beyond its data, or c
// shares memory with a, b or the bias.
func (k *Core) Gemm(alpha float32, a, b Mat, beta float32, c Mat, e Epilogue) {
	var p product
	p.set(alpha, &a, &b, beta, &c, e)
	k.run(&p)
}

// A product is one call of Gemm, c = a·b, or its transposed form cᵀ = bᵀ·aᵀ.
type product struct {
	a, b, c        Mat
	packed         []float32 // b as Pack has it, or nil
	alphaA, alphaB float32   // α where it belongs, and 1
	beta           float32
	bias           Mat // like c, by a stride of 0; no data for none
	relu           bool
	seed           place // what the chains of the first block of k start from
	packsA, packsB bool  // operands that are copied, block by block
}

// set checks the operands of Gemm. It sets the bias field by field, and copies a, b and c at
// last: to read at once what has only just been written takes time, 15 of 115 ns of a
// product of one tile.
func (p *product) set(alpha float32, a, b *Mat, beta float32, c *Mat, e Epilogue) {
	p.bias.Data, p.bias.Rows, p.bias.Cols, p.bias.ColStride = e.Bias, 1, len(e.Bias), 1
	a.checkInput()
	b.checkInput()
	c.checkOutput()
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows || e.Bias != nil && p.bias.Cols != c.Cols {
		panic(badShape)
	}
	c.checkApart(a)
	c.checkApart(b)
	c.checkApart(&p.bias)
	p.alphaA, p.alphaB, p.beta, p.relu = alpha, 1, beta, e.ReLU
	p.a, p.b, p.c = *a, *b, *c
}

// height is the number of rows of c by which b is cut into strips: all of them
// for each block, so that they agree, and many if b was packed for any c.
func (p *product) height() int {
	if p.packed != nil {
		return manyRows
	}
	return p.c.Rows
}

// normalize sets the strides along dimensions of one element, which could be
// anything, to 1.
func (p *product) normalize() {
	for _, m := range []*Mat{&p.a, &p.b, &p.c} {
		if m.Rows == 1 {
			m.RowStride = 1
		}
		if m.Cols == 1 {
			m.ColStride = 1
		}
	}
}

// transpose changes between the two forms of the product.
func (p *product) transpose() {
	p.a, p.b, p.c, p.bias = p.b.T(), p.a.T(), p.c.T(), p.bias.T()
	p.alphaA, p.alphaB = p.alphaB, p.alphaA
}

// prefersTransposed reports whether the other form costs less. For an α, both copy a, so
// that does not count.
func (k *Core) prefersTransposed(p *product) bool {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	v := k.set.Vector
	here := moves{b: p.b.ColStride != 1, c: p.c.ColStride != 1}
	if here == (moves{}) && n%v == 0 {
		return false // nothing to gain
	}
	there := moves{b: p.alphaA == 1 && p.a.RowStride != 1, c: p.c.RowStride != 1 || p.bias.Data != nil}
	return cost(v, n, m, depth, there) < cost(v, m, n, depth, here)
}

// run computes the product in the form that costs less; packed strips are of
// one form.
func (k *Core) run(p *product) {
	if p.c.Rows == 0 || p.c.Cols == 0 {
		return
	}
	p.normalize()
	if p.packed == nil && k.prefersTransposed(p) {
		p.transpose()
	}
	p.decidePacking()
	p.seed = k.prepareSeed(p)
	if p.a.Cols == 0 && p.beta != 0 && !p.relu {
		return // c is what it should be
	}
	if p.isRow() {
		k.multiplyRow(p)
	} else {
		k.multiply(p)
	}
}

// prepareSeed makes β·c + bias something that a tile can start from. It writes
// the sum into c where neither zeros, which are no place, nor the bias, nor c as it is
// will do.
func (k *Core) prepareSeed(p *product) place {
	switch {
	case p.beta == 0 && p.bias.Data == nil:
		return place{}
	case p.beta == 0:
		return p.bias.place(0, 0)
	case p.beta != 1:
		k.scale(p.c, p.beta)
	}
	for i := 0; p.bias.Data != nil && i < p.c.Rows; i++ {
		for j := range p.c.Cols {
			p.c.Set(i, j, p.c.At(i, j)+p.bias.At(i, j))
		}
	}
	return p.c.place(0, 0)
}

// scale computes m = β·m.
func (k *Core) scale(m Mat, beta float32) {
	m = m.rowMajor()
	for i := range m.Rows {
		for lo, hi := range pieces(m.Cols) {
			row := m.place(i, lo)
			k.move(row, row, 1, hi-lo, beta)
		}
	}
}
