package balance

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// A workshop is workers at work, with a clock that ticks.
type workshop struct {
	*Balance
	speeds []float64 // in work a nanosecond
	piece  float64   // of work
	units  float64   // in a piece, which cannot be cut; 0: it can be cut anywhere
	noise  float64   // what a share may take longer, at random
	tick   time.Duration
	now    float64
	rnd    *rand.Rand
}

func newWorkshop(workers int) *workshop {
	return &workshop{Balance: New(workers), tick: 1, rnd: rand.New(rand.NewPCG(1, 2))}
}

// work goes on for some time, and returns how long a piece took on average and how often
// shares changed.
func (w *workshop) work(during time.Duration) (took float64, changes int) {
	pieces, begin := 0.0, w.now
	for end := w.now + float64(during); w.now < end; pieces++ {
		longest := 0.0
		for rank, speed := range w.speeds {
			from, to := w.Share(rank)
			if w.units > 0 {
				from, to = math.Round(from*w.units)/w.units, math.Round(to*w.units)/w.units
			}
			t := w.piece * (to - from) / speed * (1 + w.noise*w.rnd.Float64())
			ticks := func(at float64) time.Duration { return time.Duration(at) / w.tick * w.tick }
			w.Add(rank, w.piece*(to-from), ticks(w.now+t)-ticks(w.now))
			longest = max(longest, t)
		}
		w.now += longest
		if w.Tips(Anywhere) {
			changes++
		}
	}
	return (w.now - begin) / pieces, changes
}

func TestSharesFollowSpeeds(t *testing.T) {
	for _, speeds := range [][]float64{{20}, {20, 20}, {20, 19}, {20, 10}, {10, 30, 20}, {1, 20}, {20, 20, 20, 20, 7, 7, 7, 7}} {
		for _, piece := range []float64{1e6, 3e7, 1e9} { // tens of microseconds to a tenth of a second
			w := newWorkshop(len(speeds))
			w.speeds, w.piece, w.noise = speeds, piece, 0.05
			ideal := piece / sum(speeds)
			w.work(time.Second + time.Duration(20*ideal))
			took, changes := w.work(10 * time.Second)
			if took > 1.12*ideal {
				t.Errorf("speeds %v, pieces of %g: %.3f of the least time", speeds, piece, took/ideal)
			}
			if changes > 1 {
				t.Errorf("speeds %v, pieces of %g: settled shares changed %d times", speeds, piece, changes)
			}
		}
	}
}

// Speeds change places, as threads do.
func TestSharesFollowChanges(t *testing.T) {
	w := newWorkshop(2)
	w.piece = 1e7
	for _, speeds := range [][]float64{{20, 10}, {10, 20}, {20, 20}} {
		w.speeds = speeds
		w.work(200 * time.Millisecond)
		if took, _ := w.work(time.Second); took > 1.08*w.piece/sum(speeds) {
			t.Errorf("speeds %v: pieces take %.3f of the least time", speeds, took/w.piece*sum(speeds))
		}
	}
	if w.Speeds[0] != w.Speeds[1] {
		t.Errorf("then both are alike: shares by speeds %v", w.Speeds)
	}
}

// A worker that is held up once, however long, is not slow.
func TestStallsChangeNothing(t *testing.T) {
	w := newWorkshop(2)
	w.speeds, w.piece = []float64{20, 20}, 1e6
	for range 100 {
		w.Add(1, 0, time.Second)
		if _, changes := w.work(100 * time.Millisecond); changes > 0 {
			t.Fatal("a stall changes shares")
		}
	}
}

// Who is so slow that there is no unit of work for it, is given some again.
func TestTheIdleGetAnotherChance(t *testing.T) {
	w := newWorkshop(2)
	w.speeds, w.piece, w.units = []float64{20, 2}, 1e6, 2
	w.work(time.Second)
	w.speeds = []float64{20, 20}
	w.work(time.Second)
	if took, _ := w.work(time.Second); took > 1.05*w.piece/40 {
		t.Errorf("pieces take %.3f of the least time", took/w.piece*40)
	}
}

// A clock that ticks every half millisecond shows enough in a window of 20 ms.
func TestCoarseClock(t *testing.T) {
	for _, speeds := range [][]float64{{20, 20}, {25, 12}} {
		for _, piece := range []float64{1e6, 4e6, 2e7} {
			w := newWorkshop(2)
			w.speeds, w.piece, w.noise, w.tick = speeds, piece, 0.02, 500*time.Microsecond
			w.work(time.Second)
			if took, _ := w.work(10 * time.Second); took > 1.15*piece/sum(speeds) {
				t.Errorf("speeds %v, pieces of %g: %.3f of the least time", speeds, piece, took/piece*sum(speeds))
			}
		}
	}
}
