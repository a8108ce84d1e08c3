package micro

// CrossEntropy returns Σⱼ t[j]·(largest - z[j]) and Σⱼ t[j]: chains of fused
// multiply-adds and of sums over the t[j] that are not 0.
func CrossEntropy(t, z []float32, largest float32) (loss, total float32) {
	for j, tj := range t {
		if tj != 0 {
			loss = fma(tj, largest-z[j], loss)
			total += tj
		}
	}
	return loss, total
}
