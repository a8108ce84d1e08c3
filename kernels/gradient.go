package kernels

// A gradient is computed and used up piece by piece, while a piece is in a near cache.
const (
	gradientFloats = 8192 // the first-level cache (32 KiB)
	gradientRows   = 32   // or as many as make up for reading all of d once more
)

// Gradient computes x·d as Gemm does, a few rows at a time, and calls use with rows
// begin to end-1 of it, one behind the other in g, which is the Core's. It panics as
// Gemm does. use must not call Gradient or SparseGradient of the same Core.
func (k *Core) Gradient(x, d Mat, use func(begin, end int, g []float32)) {
	x.checkInput()
	d.checkInput()
	if x.Cols != d.Rows {
		panic(badShape)
	}
	rows := max(gradientRows, gradientFloats/max(1, d.Cols))
	packs := x.Rows > rows && x.Rows >= reuseToPack(d.Rows, d.RowStride, d.ColStride)
	if packs { // once for all pieces
		k.Pack(&k.packedD, d)
	}
	for begin := 0; begin < x.Rows; begin += rows {
		end := min(begin+rows, x.Rows)
		part, g := x.Slice(begin, end, 0, x.Cols), k.gradientPiece(end-begin, d.Cols)
		if packs {
			k.GemmPacked(1, part, &k.packedD, 0, g, Epilogue{})
		} else {
			k.Gemm(1, part, d, 0, g, Epilogue{})
		}
		use(begin, end, g.Data)
	}
}

// SparseGradient is Gradient of a sparse x: it computes x·d as GemmSparse does from
// zeros. It panics if the shapes do not fit, or the rows of d are not contiguous.
func (k *Core) SparseGradient(x *Sparse, d Mat, use func(begin, end int, g []float32)) {
	d.checkInput()
	if x.cols != d.Rows {
		panic(badShape)
	}
	rows := max(1, gradientFloats/2/max(1, d.Cols)) // the other half is for rows of d
	for begin := 0; begin < x.rows; begin += rows {
		end := min(begin+rows, x.rows)
		part, g := x.Slice(begin, end), k.gradientPiece(end-begin, d.Cols)
		clear(g.Data)
		k.GemmSparse(&part, Panels{Mat: d, Count: 1}, Panels{Mat: g, Count: 1})
		use(begin, end, g.Data)
	}
}

// gradientPiece is room for a piece of a gradient.
func (k *Core) gradientPiece(rows, cols int) Mat {
	return View(grow(&k.gradient, rows*cols)[:rows*cols], rows, cols)
}
