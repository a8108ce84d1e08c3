package nn

import "time"

// A tuner finds with how many workers steps take the least time: with fewer than there
// are processors where one of these is busy with something else, or slow, or shares its
// core, and where a model is so small that workers wait for each other longer than they
// work. No result depends on it. Now and then it tries half as many, or twice as many.
type tuner struct {
	least, most int // workers
	now         int // workers of the next step
	best        int // those that were the fastest so far

	window           // of steps with as many workers as now
	bestRate float64 // in the last window of the best
	more     bool    // workers are to be tried next, not fewer
	since    time.Duration
	pause    time.Duration // from one trial to the next
}

// A window is steps that are measured together.
type window struct {
	steps, samples int
	took           time.Duration
}

// rate is in samples a nanosecond.
func (w window) rate() float64 { return float64(w.samples) / float64(w.took) }

const (
	tuneWindow  = 10 * time.Millisecond // some time slices of an operating system
	tuneGlance  = time.Millisecond      // shows which workers are much slower
	firstPause  = 100 * time.Millisecond
	longPause   = 3 * time.Second
	trialsShare = 20 // of the time, one part at most is for trials
)

// newTuner begins with as many workers as a stage has use for.
func newTuner(least, most int) *tuner {
	n := max(least, min(most, maxShards))
	return &tuner{least: least, most: most, now: n, best: n}
}

// stepped tells the tuner of a step.
func (t *tuner) stepped(samples int, took time.Duration) {
	t.since += took
	if t.steps++; t.least == t.most || t.steps == 1 { // what the first one needs is not in the caches
		return
	}
	t.samples += samples
	t.took += took
	switch whole := t.took >= tuneWindow; {
	case t.now == t.best && whole:
		t.settled(t.rate())
	case t.now != t.best && (whole || t.took >= tuneGlance && t.rate() < t.bestRate*0.8):
		t.tried(t.rate())
	}
}

// settled decides what comes after a window of the best.
func (t *tuner) settled(rate float64) {
	disturbed := rate < t.bestRate/1.5
	t.bestRate, t.window = rate, window{steps: 1}
	if t.since >= t.pause || disturbed && t.since >= firstPause {
		t.use(t.neighbor())
	}
}

// neighbor is the number of workers to try next.
func (t *tuner) neighbor() int {
	if t.best == t.most {
		t.more = false
	} else if t.best == t.least {
		t.more = true
	}
	if t.more {
		return min(2*t.best, t.most)
	}
	return max((t.best+1)/2, t.least)
}

// tried decides whether what was tried is better; if so, more of the same is tried soon.
func (t *tuner) tried(rate float64) {
	if rate > t.bestRate*1.05 {
		t.best, t.bestRate, t.pause = t.now, rate, 0
	} else {
		t.more = !t.more
		t.pause = max(min(max(2*t.pause, firstPause), longPause), trialsShare*t.took)
	}
	t.since = 0
	t.use(t.best)
}

// use has the next steps made with that many workers.
func (t *tuner) use(workers int) { t.now, t.window = workers, window{} }
