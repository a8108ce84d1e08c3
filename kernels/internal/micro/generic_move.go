package micro

import "unsafe"

// copyGeneric: dst[i][j] = α·src[i][j].
func copyGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, _ int) {
	if cols == 0 {
		return
	}
	for i := range rows {
		to := vec(at(dst, i*rsd), cols)
		for j, v := range vec(at(src, i*rss), cols) {
			to[j] = alpha * v
		}
	}
}

// transposeGeneric: dst[j][i] = α·src[i][j].
func transposeGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, _ int) {
	if cols == 0 {
		return
	}
	for i := range rows {
		for j, v := range vec(at(src, i*rss), cols) {
			*at(dst, j*rsd+i) = alpha * v
		}
	}
}

// nonZeroGeneric is the NonZeroFunc. To store all and keep what is not zero is
// faster than branches that nobody can predict.
func nonZeroGeneric(n int, columns *int32, values *float32, x *uint8, a float32, first, _ int) int {
	cs, vs := unsafe.Slice(columns, n), unsafe.Slice(values, n)
	count := 0
	for i, b := range unsafe.Slice(x, n) {
		cs[count], vs[count] = int32(first+i), float32(b)/a
		if b != 0 {
			count++
		}
	}
	return count
}

// nonZeroFloatsGeneric is the NonZeroFloatsFunc.
func nonZeroFloatsGeneric(n int, columns *int32, values, x *float32, first, _ int) int {
	cs, vs := unsafe.Slice(columns, n), vec(values, n)
	count := 0
	for i, v := range vec(x, n) {
		cs[count], vs[count] = int32(first+i), v
		if v != 0 {
			count++
		}
	}
	return count
}
