package bench

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A glance is what a thread sees of its core in some 40 µs. In a virtual machine,
// another one's program may run on the core's second hardware thread, which is in no
// count of ours, takes up to half of the speed, and comes and goes within
// milliseconds.
type glance struct {
	pace  float64 // time of one of a chain of multiplications, in ns
	width float64 // time of additions that could all be made at once, in steps of pace
}

// crowdedBy is how much longer than at best the additions take, from which on the
// thread is not taken to be alone on its core. (Seen on Zen 1: at most 1.04 alone, mostly
// 1.15 to 1.6 beside another program.)
const crowdedBy = 1.1

// fastest are the shortest times of both works that were seen, in ns a step.
var fastest = struct {
	sync.Mutex
	chain, wide float64
}{chain: math.Inf(1), wide: math.Inf(1)}

// look takes a glance. By its pace, samples are told in cycles: clocks change, by up to
// a fifth from one millisecond to the next, and not for all contestants at once.
func look() glance {
	chain, wide := shortest(chain), shortest(wide)
	fastest.Lock()
	defer fastest.Unlock()
	fastest.chain, fastest.wide = min(fastest.chain, chain), min(fastest.wide, wide)
	return glance{chain, wide / chain}
}

// alone reports whether nothing else seems to run on the core.
func (g glance) alone() bool {
	fastest.Lock()
	defer fastest.Unlock()
	return g.width < crowdedBy*fastest.wide/fastest.chain
}

// allAlone reports whether the team's workers, who look at the same time, are all alone:
// not two on one core either.
func allAlone(team *kernels.Team) bool {
	alone := make([]bool, team.Workers())
	team.Run(func(rank int, _ *kernels.Core) {
		for range 3 { // the first may still have to wake up
			team.Barrier(rank)
			alone[rank] = look().alone()
		}
	})
	return !slices.Contains(alone, false)
}

// aloneFor is how often, of many times, all of them are.
func aloneFor(team *kernels.Team, d time.Duration) float64 {
	looks, alone := 0, 0
	for start := time.Now(); time.Since(start) < d; looks++ {
		if allAlone(team) {
			alone++
		}
	}
	return float64(alone) / float64(looks)
}

// ceilingInSteps is what the team's workers can do at most in a step of pace, all at
// once, in operations.
func ceilingInSteps(team *kernels.Team) float64 {
	return sumOf(team, func() float64 {
		before := look()
		gflops := kernels.Ceiling(team.Tier())
		return gflops * min(before.pace, look().pace)
	})
}

// fastestPace is the shortest pace that the team's workers see within a moment, as their
// mean.
func fastestPace(team *kernels.Team) float64 {
	return sumOf(team, func() float64 {
		best := look().pace
		for start := time.Now(); time.Since(start) < 20*time.Millisecond; {
			best = min(best, look().pace)
		}
		return best
	}) / float64(team.Workers())
}

// A watch looks at the clock of the core now and then, for a thousandth of the time.
type watch struct {
	last  time.Time
	sum   float64
	looks int
}

// over is step, watched.
func (w *watch) over(step func() error) func() error {
	return func() error {
		if time.Since(w.last) > 50*time.Millisecond {
			w.sum += look().pace
			w.looks++
			w.last = time.Now()
		}
		return step()
	}
}

// pace is the mean of those seen.
func (w *watch) pace() float64 { return w.sum / float64(w.looks) }

// shortest is the time of a step of f, in ns.
func shortest(f func(steps int)) float64 {
	const steps = 5000
	once := func() { f(steps) }
	return min(perCall(once, 1), perCall(once, 1)) / steps // one may be interrupted
}

// chain does multiplications of which each waits for the one before.
func chain(steps int) {
	x := uint64(steps)
	for range steps {
		x = x*6364136223846793005 + 1
	}
	runtime.KeepAlive(x) // or it would not be computed
}

// wide does additions of which four and more can be made at once.
func wide(steps int) {
	a, b, c, d := steps, steps+1, steps+2, steps+3
	for range steps {
		a, b, c, d = (a+3)^5, (b+3)^5, (c+3)^5, (d+3)^5
		a, b, c, d = (a+7)^9, (b+7)^9, (c+7)^9, (d+7)^9
	}
	runtime.KeepAlive(a ^ b ^ c ^ d)
}

// setFastest is for the time of a test.
func setFastest(t *testing.T, chain, wide float64) {
	before := [...]float64{fastest.chain, fastest.wide}
	t.Cleanup(func() { fastest.chain, fastest.wide = before[0], before[1] })
	fastest.chain, fastest.wide = chain, wide
}

func TestGlance(t *testing.T) {
	setFastest(t, 2, 3)
	for g, want := range map[glance]bool{
		{2, 1.5}: true,
		{4, 1.6}: true, // a slow clock alone is no crowd
		{2, 1.7}: false,
	} {
		if g.alone() != want {
			t.Errorf("%v: alone is %v", g, !want)
		}
	}
}

// Who is never alone on the core measures for as long as it may wait, and says so.
func TestCrowdedSlicesAreMadeAgain(t *testing.T) {
	setFastest(t, 1, 0) // nothing is as fast as that
	made := 0
	s := &series{call: func() { made++; time.Sleep(sliceTime) }, wait: 20 * time.Millisecond}
	start := time.Now()
	x := s.sample()
	if took := time.Since(start); took < s.wait || made <= s.slices || x.crowded != s.slices || len(x.paces) != s.slices {
		t.Errorf("%d calls in %v, of which %d slices remain, %d crowded", made, took, len(x.paces), x.crowded)
	}
}
