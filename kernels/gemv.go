package kernels

// Blocks of a product of one row: their part of c stays in the first-level cache,
// and no call of assembly is long.
const (
	rowBlockN = 1 << 12
	rowBlockK = 1 << 8
)

// isRow reports whether c is one row, and b can be read as it lies.
func (p *product) isRow() bool {
	return p.c.Rows == 1 && p.c.ColStride == 1 && p.packed == nil && p.alphaB == 1 && p.b.ColStride == 1
}

// multiplyRow multiplies where c is one row, which takes as long as reading b.
func (k *Core) multiplyRow(p *product) {
	n, depth := p.c.Cols, p.a.Cols
	c := p.c.Data[:n]
	if p.beta == 0 && p.bias.Data == nil {
		clear(c)
	}
	b := &block{0, 1, 0, n, 0, depth}
	k.packBlocks(p, b)
	a, _ := k.placeA(p, b, 0, 1)
	for j0 := 0; j0 < n; j0 += rowBlockN {
		cols := min(rowBlockN, n-j0)
		if p.beta == 0 && p.bias.Data != nil {
			k.move(p.c.place(0, j0), p.bias.place(0, j0), 1, cols, 1)
		}
		for p0 := 0; p0 < depth; p0 += rowBlockK {
			k.set.Gemv(cols, min(rowBlockK, depth-p0), &c[j0], a.element(0, p0), a.cs, p.b.at(p0, j0), p.b.RowStride)
		}
		if p.relu {
			k.set.ReLU(cols, &c[j0], &c[j0])
		}
	}
}
