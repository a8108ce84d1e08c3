package nn

import (
	"math/bits"
	"time"
)

// A tuner finds with how many workers steps take the least time: with fewer than there
// are processors where one of these is busy with something else, or slow, or shares its
// core, and where a model is so small that workers wait for each other longer than they
// work. No result depends on it. Now and then it tries fewer or more, by powers of two,
// and keeps what is faster.
type tuner struct {
	least, most int // workers; if these are the same, there is nothing to try
	now         int // workers of the next step
	best        int // those that won the last comparison

	window                 // of steps with as many workers as now
	bestRate float64       // in the last window of the best
	doubt    bool          // whether the best are as slow as they seem
	more     bool          // the next trial is of more workers, not of fewer
	since    window        // all steps after the last trial
	pause    time.Duration // of them, before the next
}

// A window is steps that are measured together.
type window struct {
	steps, samples int
	took           time.Duration
}

// rate is in samples a nanosecond.
func (w *window) rate() float64 { return float64(w.samples) / float64(w.took) }

func (w *window) add(samples int, took time.Duration) {
	w.steps++
	w.samples += samples
	w.took += took
}

const (
	tuneWindow = 50 * time.Millisecond // several time slices of operating systems, and of Go
	tuneGlance = time.Millisecond      // shows which workers are much slower, whatever their shards
	firstPause = 100 * time.Millisecond
	longPause  = 3 * time.Second
	fewSteps   = 100 // between trials, which take some steps
)

// newTuner begins with as many workers as a stage has use for.
func newTuner(least, most int) *tuner {
	n := max(least, min(most, maxShards))
	return &tuner{least: least, most: most, now: n, best: n, pause: firstPause}
}

// stepped tells the tuner of a step.
func (t *tuner) stepped(samples int, took time.Duration) {
	if t.least == t.most {
		return
	}
	t.since.add(samples, took)
	if t.steps == 0 { // it made buffers, woke workers, and found little in the caches
		t.steps = 1
		return
	}
	t.add(samples, took)
	whole := t.took >= tuneWindow
	if t.now == t.best {
		if whole {
			t.settled()
		}
	} else if whole || t.took >= tuneGlance && t.rate() < t.bestRate*0.5 {
		t.tried()
	}
}

// settled decides what comes after a window of the best.
func (t *tuner) settled() {
	rate := t.rate()
	t.window = window{steps: 1}
	slow := rate < t.bestRate/1.5
	if slow && !t.doubt {
		t.doubt = true
		return
	}
	t.bestRate, t.doubt = rate, false
	pause := t.pause
	if slow {
		pause = firstPause
	}
	if t.since.took >= pause && t.since.steps >= fewSteps {
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
	power := 1 << (bits.Len(uint(t.best)) - 1) // the largest that is not above
	switch {
	case t.more:
		return min(2*power, t.most)
	case power < t.best:
		return power
	}
	return power / 2
}

// tried decides whether what was tried is better; if so, more of the same is tried soon.
func (t *tuner) tried() {
	if rate := t.rate(); rate > t.bestRate*1.05 {
		t.best, t.bestRate, t.pause = t.now, rate, 0
	} else {
		t.more = !t.more
		t.pause = min(max(2*t.pause, firstPause), longPause)
	}
	t.since = window{}
	t.use(t.best)
}

// restart measures anew: shards were dealt otherwise.
func (t *tuner) restart() { t.window = window{} }

// use has the next steps made with that many workers.
func (t *tuner) use(workers int) { t.now, t.window = workers, window{} }
