package kernels

import "time"

// Ceiling measures the tier's fused multiply-adds on registers alone, in
// GFLOP/s of one worker: what no matrix product can exceed. It takes the best
// of several hundred calls, in about 30 ms. It panics if the tier cannot run here.
func Ceiling(t Tier) float64 {
	const long, calls = 50 * time.Microsecond, 400 // long enough to be timed, not to stop the world
	set := NewCore(t).set
	n := 1
	for fastestCall(set.Peak, n, 3) < long { // of three, because any one can be interrupted
		n *= 2
	}
	return float64(n*set.PeakFlops) / float64(fastestCall(set.Peak, n, calls).Nanoseconds())
}

// fastestCall is the time of the fastest of some calls of f(n).
func fastestCall(f func(int), n, calls int) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range calls {
		start := time.Now()
		f(n)
		best = min(best, time.Since(start))
	}
	return best
}
