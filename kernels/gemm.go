package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

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
	checkGemm(a, b, c, e)
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	p := product{alphaA: alpha, alphaB: 1, a: a, b: b, c: c, bias: e.Bias, lo: micro.None}
	if e.ReLU {
		p.lo = 0
	}
	if t := p.transposed(); t.cost(k.set.NR) < p.cost(k.set.NR) {
		p = t
	}
	p.seed = p.prepareSeed(beta)
	k.multiply(&p)
}

func checkGemm(a, b, c Mat, e Epilogue) {
	a.checkInput()
	b.checkInput()
	c.checkOutput()
	if a.Rows != c.Rows || b.Cols != c.Cols || a.Cols != b.Rows || e.Bias != nil && len(e.Bias) != c.Cols {
		panic(badShape)
	}
	c.checkApart(a)
	c.checkApart(b)
	if e.Bias != nil {
		c.checkApart(View(e.Bias, 1, len(e.Bias)))
	}
}

// A product is one call of Gemm, c = a·b, or its transposed form cᵀ = bᵀ·aᵀ.
type product struct {
	a, b, c        Mat
	alphaA, alphaB float32 // α where it belongs, and 1
	bias           []float32
	biasByRow      bool // of c, as in the transposed form
	seed           seed
	lo             float32 // the floor of micro.GemmFunc
}

// A seed says what the chains of the first block of k start from.
type seed uint8

const (
	fromZero seed = iota
	fromBias      // one row for all
	fromC
)

func (p *product) transposed() product {
	t := *p
	t.a, t.b, t.c = p.b.T(), p.a.T(), p.c.T()
	t.alphaA, t.alphaB = p.alphaB, p.alphaA
	t.biasByRow = true
	return t
}

// cost estimates the cycles of the product with tiles of nr columns: one for
// each step of a row of a tile, and two for each element that has to be
// re-ordered because no vector can be loaded or stored along it.
func (p *product) cost(nr int) int {
	m, n, depth := p.c.Rows, p.c.Cols, p.a.Cols
	cycles := m * depth * ((n + nr - 1) / nr)
	if p.b.ColStride != 1 && n > 1 {
		cycles += 2 * depth * n
	}
	if p.c.ColStride != 1 && n > 1 || p.biasByRow && p.bias != nil {
		cycles += 2 * m * n
	}
	return cycles
}

// prepareSeed makes β·c + bias something that a tile can start from. It writes
// the sum into c where neither zeros, nor a bias along rows, nor c as it is
// will do.
func (p *product) prepareSeed(beta float32) seed {
	switch {
	case beta == 0 && p.bias == nil:
		return fromZero
	case beta == 0 && !p.biasByRow:
		return fromBias
	case beta == 1 && p.bias == nil:
		return fromC
	}
	for i := range p.c.Rows {
		for j := range p.c.Cols {
			s := float32(0)
			if beta != 0 {
				s = float32(beta * p.c.At(i, j))
			}
			switch {
			case p.bias == nil:
			case beta == 0:
				s = p.biasAt(i, j)
			default:
				s += p.biasAt(i, j)
			}
			p.c.Set(i, j, s)
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
