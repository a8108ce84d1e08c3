package kernels

import "time"

// Ceiling measures the tier's fused multiply-adds on registers alone, in
// GFLOP/s of one worker: what no matrix product can exceed. It takes the best
// of several rounds, in about 20 ms. It panics if the tier cannot run here.
func Ceiling(t Tier) float64 {
	set := NewCore(t).set
	const rounds = 10
	n := 1
	best := 0.0
	for range rounds {
		elapsed := time.Duration(0)
		for ; ; n *= 2 { // until a round is long enough to be timed
			start := time.Now()
			set.Peak(n)
			if elapsed = time.Since(start); elapsed > time.Millisecond {
				break
			}
		}
		best = max(best, float64(n*set.PeakFlops)/float64(elapsed.Nanoseconds()))
	}
	return best
}
