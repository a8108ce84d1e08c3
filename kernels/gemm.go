package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// An Epilogue is what Gemm does to the product while it is in registers. The
// zero value does nothing.
type Epilogue struct {
	Bias []float32 // added to every row; nil for none, else one element a column
	ReLU bool      // then 0 where the result is ≤ 0 (NaN stays)
}

// floor is the bound of micro.GemmFunc.
func (e Epilogue) floor() float32 {
	if e.ReLU {
		return 0
	}
	return micro.None
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
	checkGemm(&a, &b, &c, e)
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	p := product{alphaA: alpha, alphaB: 1, a: a, b: b, c: c, bias: e.Bias, lo: e.floor()}
	p.normalize()
	if k.prefersTransposed(&p) {
		p.transpose()
	}
	k.run(&p, beta)
}

func checkGemm(a, b, c *Mat, e Epilogue) {
	a.checkInput()
	b.checkInput()
	checkOutput(a, b, c, e)
	c.checkApart(b)
}

// checkOutput checks what a product writes, and that the shapes fit.
func checkOutput(a, b, c *Mat, e Epilogue) {
	c.checkOutput()
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows || e.Bias != nil && len(e.Bias) != c.Cols {
		panic(badShape)
	}
	c.checkApart(a)
	if e.Bias != nil {
		c.checkApart(&Mat{e.Bias, 1, len(e.Bias), 0, 1})
	}
}

// A product is one call of Gemm, c = a·b, or its transposed form cᵀ = bᵀ·aᵀ.
type product struct {
	a, b, c        Mat
	packed         []float32 // b as Pack has it, or nil
	alphaA, alphaB float32   // α where it belongs, and 1
	bias           []float32
	biasByRow      bool // of c, as in the transposed form
	seed           seed
	lo             float32 // the floor of micro.GemmFunc
	packsA, packsB bool    // operands that are copied, block by block
}

// height is the number of rows of c by which b is cut into strips: all of them
// for each block, so that they agree, and many if b was packed for any c.
func (p *product) height() int {
	if p.packed != nil {
		return manyRows
	}
	return p.c.Rows
}

// A seed says what the chains of the first block of k start from.
type seed uint8

const (
	fromZero    seed = iota
	fromBias         // one row for all
	fromBiasRow      // each row is its element of the bias
	fromC
)

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
	p.a, p.b, p.c = p.b.T(), p.a.T(), p.c.T()
	p.alphaA, p.alphaB = p.alphaB, p.alphaA
	p.biasByRow = !p.biasByRow
}

// prefersTransposed reports whether the other form takes fewer cycles.
func (k *Core) prefersTransposed(p *product) bool {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	v := k.set.Vector
	here := moves{a: p.alphaA != 1, b: p.b.ColStride != 1, c: p.c.ColStride != 1}
	if here == (moves{}) && n%v == 0 {
		return false // nothing to gain
	}
	there := moves{b: p.alphaA != 1 || p.a.RowStride != 1, c: p.c.RowStride != 1 || p.bias != nil}
	return cycles(v, n, m, depth, there) < cycles(v, m, n, depth, here)
}

// run multiplies with the product as it is oriented.
func (k *Core) run(p *product, beta float32) {
	p.decidePacking()
	p.seed = k.prepareSeed(p, beta)
	if p.a.Cols == 0 && p.seed == fromC && p.lo != 0 {
		return // c is what it should be
	}
	if p.isRow() {
		k.multiplyRow(p)
	} else {
		k.multiply(p)
	}
}

// prepareSeed makes β·c + bias something that a tile can start from. It writes
// the sum into c where neither zeros, nor the bias, nor c as it is will do.
func (k *Core) prepareSeed(p *product, beta float32) seed {
	switch {
	case beta == 0 && p.bias == nil:
		return fromZero
	case beta == 0 && p.biasByRow:
		return fromBiasRow
	case beta == 0:
		return fromBias
	}
	if beta != 1 {
		k.scale(p.c, beta)
	}
	for i := 0; p.bias != nil && i < p.c.Rows; i++ {
		for j := range p.c.Cols {
			p.c.Set(i, j, p.c.At(i, j)+p.biasAt(i, j))
		}
	}
	return fromC
}

func (p *product) biasAt(i, j int) float32 {
	if p.biasByRow {
		return p.bias[i]
	}
	return p.bias[j]
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
