package main

import (
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// What has to be passed for a change to count.
const (
	alpha      = 0.01 // of the test for a difference
	minChange  = 0.03 // relative
	confidence = 0.99 // of the interval that is the noise
	minRounds  = 8    // with fewer, the interval has no end

	fineNoise = 0.02 // relative: more rounds are no use
	patience  = 3    // times the rounds, while noise is more
)

// A kind says what became of a benchmark.
type kind int

const (
	equal       kind = iota // as far as can be seen
	slower                  // a regression
	faster                  // an improvement
	unclear                 // it may have changed by more than minChange, and noise hides that
	few                     // it did not run often enough
	unconfirmed             // slower once, but not twice
)

func (k kind) String() string {
	return [...]string{"", "SLOWER", "faster", "cannot tell", "TOO FEW RESULTS", "slower once"}[k]
}

// compared reports whether both revisions were measured.
func (k kind) compared() bool { return k != few }

// A verdict is what is said of a benchmark.
type verdict struct {
	benchmark
	kind
	base, new float64 // medians, seconds
	change    float64 // of the time, relative
	p         float64
	noise     float64 // relative: smaller changes are not seen
}

// judge compares the rounds of a benchmark.
func judge(b benchmark, times *series) verdict {
	v := verdict{benchmark: b, p: 1}
	if times == nil || len(times[base]) < minRounds {
		v.kind = few
		return v
	}
	v.compare(times[base], times[again], times[change])
	return v
}

// compare is the test, of ratios to the first run of the base in each round.
// Were the new revision the same as the base, those of the second run and those
// of the new one would have the same distribution.
func (v *verdict) compare(first, second, new []float64) {
	same, other := newSample(ratios(second, first)), newSample(ratios(new, first))
	v.base, v.new = center(newSample(first)), center(newSample(new))
	v.change = center(other)/center(same) - 1
	v.p = benchmath.AssumeNothing.Compare(same, other).P
	v.noise = spread(same)
	differs := v.p < alpha && math.Abs(v.change) > max(minChange, v.noise)
	switch {
	case differs && v.change > 0:
		v.kind = slower
	case differs:
		v.kind = faster
	case v.noise > minChange:
		v.kind = unclear
	}
}

// spread is how far from 1 the true ratio of something to itself may seem to be.
func spread(same *benchmath.Sample) float64 {
	interval := benchmath.AssumeNothing.Summary(same, confidence)
	return max(interval.Hi-1, 1-interval.Lo)
}

// fine reports whether the rounds so far suffice to see small changes.
func (times *series) fine() bool {
	return len(times[base]) >= minRounds && spread(newSample(ratios(times[again], times[base]))) <= fineNoise
}

func ratios(x, y []float64) []float64 {
	r := make([]float64, len(x))
	for i := range x {
		r[i] = x[i] / y[i]
	}
	return r
}

func newSample(values []float64) *benchmath.Sample {
	return benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
}

func center(s *benchmath.Sample) float64 {
	return benchmath.AssumeNothing.Summary(s, confidence).Center
}
