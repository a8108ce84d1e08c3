package micro

// copyGeneric: dst[i][j] = α·src[i][j].
func copyGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, _ int) {
	moveGeneric(rows, cols, dst, rsd, 1, src, rss, alpha)
}

// transposeGeneric: dst[j][i] = α·src[i][j].
func transposeGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, _ int) {
	moveGeneric(rows, cols, dst, 1, rsd, src, rss, alpha)
}

// moveGeneric: dst[i·rs + j·cs] = α·src[i][j].
func moveGeneric(rows, cols int, dst *float32, rs, cs int, src *float32, rss int, alpha float32) {
	for i := range rows {
		for j := range cols {
			*at(dst, i*rs+j*cs) = alpha * *at(src, i*rss+j)
		}
	}
}

// nonZeroGeneric is the NonZeroFunc. To store all and keep what is not zero is
// faster than branches that nobody can predict.
func nonZeroGeneric(n int, columns *int32, values *float32, x *uint8, a float32, first, _ int) (count int) {
	for i := range n {
		b := *at(x, i)
		*at(columns, count), *at(values, count) = int32(first+i), float32(b)/a
		if b != 0 {
			count++
		}
	}
	return count
}

// nonZeroFloatsGeneric is the NonZeroFloatsFunc.
func nonZeroFloatsGeneric(n int, columns *int32, values, x *float32, first, _ int) (count int) {
	for i := range n {
		v := *at(x, i)
		*at(columns, count), *at(values, count) = int32(first+i), v
		if v != 0 {
			count++
		}
	}
	return count
}
