package bench

import (
	"math"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A sample is the median of slices: a thread that is held up for a moment
// spoils one of them. The Go runtime takes the processor from a goroutine that
// keeps it for 10 ms; one that calls C it then disturbs at every call, which
// costs threads started by C up to 5 ms each. So a sample is shorter.
const (
	sliceTime  = time.Millisecond
	sampleTime = 5 * sliceTime // without the warming up
)

// settleTime is how long a contestant with more than one thread runs before
// that, for the operating system to find a processor for each: in a virtual machine, one
// that wakes up after half a second may lie on the other's for 7 ms. One with one thread
// makes a slice: after the wait for quiet, the processor has to wake up, and what it
// had in its caches is gone, which costs the first milliseconds a third of their speed.
const settleTime = 25 * time.Millisecond

// A series is the samples of one contestant in one trial.
type series struct {
	call    func()
	calls   int           // that make a slice; see warmUp
	slices  int           // that make a sample
	fastest float64       // time of a call, in ns, of all that warmed up
	settle  time.Duration // settleTime, or less for one thread; a call at least
	wait    time.Duration // for slices alone on the core, in each sample
	samples []sample      // one of every round
}

// A sample is what was measured in a round.
type sample struct {
	steps   float64   // time of a call, in steps of pace
	paces   []float64 // meanwhile, of each slice
	crowded int       // slices that were not alone on the core
}

// sample waits until nothing disturbs, warms up and measures. A slice that was not alone
// on the core is made again, while there is time for it.
func (s *series) sample() (x sample) {
	quiet()
	s.warmUp()
	slices, before := make([]float64, 0, s.slices), look()
	for start := time.Now(); len(slices) < s.slices; {
		ns := perCall(s.call, s.calls)
		after := look()
		alone := before.alone() && after.alone()
		pace := (before.pace + after.pace) / 2
		before = after
		if !alone && time.Since(start) < s.wait {
			runtime.Gosched() // the 10 ms begin anew
			continue
		}
		slices, x.paces = append(slices, ns/pace), append(x.paces, pace)
		if !alone {
			x.crowded++
		}
	}
	x.steps = median(slices)
	return x
}

// warmUp calls for the time to settle, once at least, and finds out how many calls make a
// slice. All calls of a moment may be held up, so it goes by the fastest of all moments.
func (s *series) warmUp() {
	if s.calls == 0 {
		s.calls, s.fastest = 1, math.Inf(1)
	}
	for start := time.Now(); ; {
		s.fastest = min(s.fastest, perCall(s.call, s.calls))
		runtime.Gosched() // the 10 ms begin anew
		if time.Since(start) > s.settle {
			break
		}
	}
	s.calls = max(1, int(float64(sliceTime)/s.fastest))
	s.slices = max(1, int(float64(sampleTime)/s.fastest)/s.calls)
}

// perCall measures calls, in ns for each.
func perCall(f func(), calls int) float64 {
	start := time.Now()
	for range calls {
		f()
	}
	return float64(time.Since(start)) / float64(calls)
}

// ceiling is what the team's workers can do at most, in GFLOP/s, all at once.
// It takes some 30 ms, more than many a benchmark: BENCH_CEILING=off says 0.
func ceiling(team *kernels.Team) float64 {
	if os.Getenv("BENCH_CEILING") == "off" {
		return 0
	}
	return sumOf(team, func() float64 { return kernels.Ceiling(team.Tier()) })
}

// sumOf adds up what all workers measure at the same time.
func sumOf(team *kernels.Team, measure func() float64) (sum float64) {
	each := make([]float64, team.Workers())
	team.Run(func(rank int, _ *kernels.Core) { each[rank] = measure() })
	for _, x := range each {
		sum += x
	}
	return sum
}

// reportRate reports GFLOP/s, and what they are of the ceiling if it is known.
func reportRate(b *testing.B, gflops, ceiling float64) {
	b.ReportMetric(gflops, "GFLOP/s")
	if ceiling > 0 {
		b.ReportMetric(100*gflops/ceiling, "ceiling-%")
	}
}
