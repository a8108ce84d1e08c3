package micro

// copyGeneric: dst[i][j] = α·src[i][j].
func copyGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32) {
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
func transposeGeneric(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32) {
	if cols == 0 {
		return
	}
	for i := range rows {
		for j, v := range vec(at(src, i*rss), cols) {
			*at(dst, j*rsd+i) = alpha * v
		}
	}
}
