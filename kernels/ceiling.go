package kernels

import "time"

// Ceiling measures the tier's fused multiply-adds on registers alone, in
// GFLOP/s of one worker: what no matrix product can exceed. It takes the best
// of several hundred calls, in about 30 ms. It panics if the tier cannot run here.
func Ceiling(t Tier) float64 {
	set := NewCore(t).set
	const long, calls = 50 * time.Microsecond, 400 // long enough to be timed, not to stop the world
	best := 0.0
	for n, call := 1, 0; call < calls; {
		start := time.Now()
		set.Peak(n)
		elapsed := time.Since(start)
		if elapsed < long && call == 0 {
			n *= 2
			continue
		}
		call++
		best = max(best, float64(n*set.PeakFlops)/float64(elapsed.Nanoseconds()))
	}
	return best
}
