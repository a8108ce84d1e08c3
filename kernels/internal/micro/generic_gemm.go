package micro

import (
	"math"
	"unsafe"
)

// at returns the address of element i of the array at p.
func at[T any](p *T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), i*int(unsafe.Sizeof(*p))))
}

// vec is the n elements at p.
func vec(p *float32, n int) []float32 { return unsafe.Slice(p, n) }

// gemmGeneric returns the GemmFunc of that many rows. It is the definition of the
// tile: a chain of fused multiply-adds for each element of c, in ascending p.
func gemmGeneric(rows int) GemmFunc {
	return func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb, tsb int, init *float32, rsinit, tsinit int, c *float32, rsc, tsc, cols int, lo float32, _, _ int) {
		for t := range tiles {
			for i := range rows {
				row := vec(at(c, t*tsc+i*rsc), cols)
				if init == nil {
					clear(row)
				} else {
					copy(row, vec(at(init, t*tsinit+i*rsinit), cols))
				}
				for p := range k {
					multiplyAdd(row, *at(a, t*tsa+i*rsa+p*csa), vec(at(b, t*tsb+p*rsb), cols))
				}
				for j, v := range row {
					if v <= lo {
						row[j] = 0
					}
				}
			}
		}
	}
}

// gemvGeneric: c[j] += Σₚ a[p]·b[p][j] in ascending p.
func gemvGeneric(n, k int, c, a *float32, csa int, b *float32, rsb int) {
	if n == 0 {
		return
	}
	for p := range k {
		multiplyAdd(vec(c, n), *at(a, p*csa), vec(at(b, p*rsb), n))
	}
}

// sparseGeneric returns the SparseFunc of that many vectors: a chain of fused
// multiply-adds for each element of c, in the order of the values.
func sparseGeneric(vectors int) SparseFunc {
	return func(rows int, spans, columns *int32, values, b *float32, rsb int, bs *int, c *float32, rsc int) {
		for i := range rows {
			for v := range vectors {
				row := vec(at(c, i*rsc+v*genericNR), genericNR)
				for t := int(*at(spans, 2*i)); t < int(*at(spans, 2*i+1)); t++ {
					column := int(*at(columns, t))
					multiplyAdd(row, *at(values, t), vec(at(b, column*rsb+*at(bs, v)), genericNR))
				}
			}
		}
	}
}

// multiplyAdd is row[j] = fma(x, y[j], row[j]), with fma written out: the
// compiler does not inline it, and this loop is most of what the tier does.
func multiplyAdd(row []float32, x float32, y []float32) {
	if x == 0 {
		multiplyAddZero(row, x, y)
		return
	}
	for j, yj := range y[:len(row)] {
		p := float64(x) * float64(yj)
		s := p + float64(row[j])
		if roundsTwice(s) {
			row[j] = addOnce(p, float64(row[j]))
		} else {
			row[j] = float32(s)
		}
	}
}

// multiplyAddZero is multiplyAdd for x = ±0. It passes over what cannot change:
// ±0 added to a number other than ±0. An infinite or NaN y makes a NaN.
func multiplyAddZero(row []float32, x float32, y []float32) {
	const infinity = 0x7F800000
	for j, yj := range y[:len(row)] {
		if math.Float32bits(yj)<<1 >= infinity<<1 || math.Float32bits(row[j])<<1 == 0 {
			row[j] += float32(x * yj)
		}
	}
}

// peakGeneric is what there is in plain Go: rounds of one row of a tile.
func peakGeneric(n int) {
	var row, x [genericNR]float32
	for range n {
		multiplyAdd(row[:], 1, x[:])
	}
}
