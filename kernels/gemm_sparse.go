package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// Panels are Count matrices of the shape of Mat, side by side: from one to the next,
// it is Step elements in its Data. Their rows are contiguous.
type Panels struct {
	Mat
	Count, Step int
}

// at is the panel at place i.
func (p *Panels) at(i int) Mat {
	m := p.Mat
	if at := i * p.Step; m.Rows > 0 && m.Cols > 0 {
		m.Data = m.Data[min(at, len(m.Data)):]
	}
	return m
}

// checkInput panics unless the panels lie within their data.
func (p *Panels) checkInput() {
	if p.Count < 1 || p.Step < 0 || p.Cols > 1 && p.ColStride != 1 {
		panic(badShape)
	}
	if p.Rows > 0 && p.Cols > 0 && p.Step > 0 && p.Count-1 > len(p.Data)/p.Step {
		panic(badMat)
	}
	last := p.at(p.Count - 1)
	last.checkInput()
}

// checkOutput also panics if panels, side by side or one behind the other, share
// memory.
func (p *Panels) checkOutput() {
	p.checkInput()
	p.Mat.checkOutput()
	beside := p.Step >= p.Cols && (p.Rows <= 1 || p.RowStride >= (p.Count-1)*p.Step+p.Cols)
	behind := p.Rows == 0 || p.Step >= (p.Rows-1)*p.RowStride+p.Cols
	if p.Count > 1 && !beside && !behind {
		panic(badOutput)
	}
}

// GemmSparse computes c += a·b for every panel of b and the one of c at the same
// place. Element (i, j) is a chain of fused multiply-adds that starts from
// c[i][j], over the elements of row i of a that are not zero, in ascending columns.
// That differs from Gemm only where b is infinite or NaN, or in the sign of a zero: where
// the chain is -0, from the start or by underflow.
//
// It panics if the shapes do not fit, or c shares memory with b.
func (k *Core) GemmSparse(a *Sparse, b, c Panels) {
	b.checkInput()
	c.checkOutput()
	if b.Rows != a.cols || c.Rows != a.rows || b.Cols != c.Cols || b.Count != c.Count {
		panic(badShape)
	}
	if overlap(c.Data, b.Data) {
		panic(badOverlap)
	}
	if b.Cols == 0 || a.rows == 0 || len(a.values) == 0 {
		return
	}
	v := k.set.Vector
	whole := b.Cols / v * v
	g := &k.sparse
	*g = sparseGroup{set: k.set, a: *a, b: b.place(0, 0), c: c.place(0, 0)}
	for p := range b.Count {
		for j := 0; j < whole; j += v {
			g.add(p*b.Step+j, p*c.Step+j)
		}
	}
	g.run()
	for p := 0; whole < b.Cols && p < b.Count; p++ {
		bp, cp := b.at(p), c.at(p)
		k.sparseEdge(a, bp.Slice(0, b.Rows, whole, b.Cols), cp.Slice(0, c.Rows, whole, b.Cols))
	}
	*g = sparseGroup{} // the memory of the operands is not ours to keep
}

// sparseEdge computes the columns of a panel that do not fill a vector, in copies
// that do.
func (k *Core) sparseEdge(a *Sparse, b, c Mat) {
	v := k.set.Vector
	wideB := place{&grow(&k.blockB, b.Rows*v)[0], v, 1}
	wideC := place{&grow(&k.blockA, c.Rows*v)[0], v, 1}
	k.move(wideB, b.place(0, 0), b.Rows, b.Cols, 1)
	k.move(wideC, c.place(0, 0), c.Rows, c.Cols, 1)
	g := &k.sparse
	*g = sparseGroup{set: k.set, a: *a, b: wideB, c: wideC}
	g.add(0, 0)
	g.run()
	k.move(c.place(0, 0), wideC, c.Rows, c.Cols, 1)
}

// A sparseGroup collects vectors of the rows of b and c that are computed together.
type sparseGroup struct {
	set  *micro.Set
	a    Sparse
	b, c place
	bs   [maxSparseVectors]int
	j    int // the first column of c
	n    int
}

// maxSparseVectors is at least the number of vectors that any tier works on at once.
const maxSparseVectors = 8

// add adds the vectors at elements b and c of the rows. Those of c have to be
// neighbours.
func (g *sparseGroup) add(b, c int) {
	if g.n > 0 && c != g.j+g.n*g.set.Vector {
		g.run()
	}
	if g.n == 0 {
		g.j = c
	}
	g.bs[g.n] = b
	g.n++
	if g.n == len(g.set.Sparse) {
		g.run()
	}
}

// sparseRows bounds the work of a call of assembly.
const sparseRows = 32

func (g *sparseGroup) run() {
	for i := 0; g.n > 0 && i < g.a.rows; i += sparseRows {
		g.set.Sparse[g.n-1](min(sparseRows, g.a.rows-i), &g.a.spans[i].begin, &g.a.columns[0], &g.a.values[0],
			g.b.at, g.b.rs, &g.bs[0], g.c.element(i, g.j), g.c.rs)
	}
	g.n = 0
}
