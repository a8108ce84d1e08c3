// Package balance finds how fast the workers are that share out work, for it to be shared
// out by that: some processors have slow cores beside fast ones, and what a virtual
// machine takes for a core may, for a while, be half of one.
package balance

import (
	"runtime"
	"slices"
	"time"
)

// A Balance measures workers that share out pieces of work, one after the other.
type Balance struct {
	Speeds []float64 // of each worker: work is to be shared out by them; the same at first

	tallies []tally
	even    []float64 // speeds that are the same
	found   []float64 // speeds since the last look
	doubt   bool      // whether they are as unequal as they seem: it may have been a stall
}

// A tally is what a worker has done since the last look.
type tally struct {
	work float64
	took time.Duration
	_    [112]byte // one worker's must not slow another's
}

// What part of the time other shares must save: uneven ones, also against even ones, and
// even ones against uneven ones.
const (
	unevenGain = 0.07
	evenGain   = 0.02
)

// New returns a Balance of that many workers.
func New(workers int) *Balance {
	even := slices.Repeat([]float64{1}, workers)
	return &Balance{
		Speeds: slices.Clone(even), even: even, found: make([]float64, workers), tallies: make([]tally, workers),
	}
}

// Share returns where the share of a worker of a whole that can be cut anywhere begins and
// ends, from 0 to 1.
func (b *Balance) Share(rank int) (from, to float64) {
	whole := sum(b.Speeds)
	from = sum(b.Speeds[:rank])
	return from / whole, (from + b.Speeds[rank]) / whole
}

func sum(numbers []float64) (s float64) {
	for _, x := range numbers {
		s += x
	}
	return s
}

// Add notes how long a worker took for its share of a piece of work. The unit of work is
// the caller's. Each worker may call it for itself, at any time but during Tips.
func (b *Balance) Add(rank int, work float64, took time.Duration) {
	b.tallies[rank].work += work
	b.tallies[rank].took += took
}

// Anywhere deals work that can be cut anywhere: see Share.
func Anywhere(speeds []float64) []float64 { return speeds }

// Tips reports, now and then, that other shares would take less time, and sets Speeds.
// Deal returns how much each worker gets, in any unit, by speeds.
func (b *Balance) Tips(deal func(speeds []float64) []float64) bool {
	if len(b.tallies) == 1 {
		return false
	}
	var whole tally
	for i := range b.tallies {
		whole.work += b.tallies[i].work
		whole.took += b.tallies[i].took
	}
	if whole.took < window()*time.Duration(len(b.tallies)) {
		return false
	}
	before := b.look() / whole.work
	speeds, after, gain := b.even, b.longest(deal(b.even)), evenGain
	if took := b.longest(deal(b.found)); took < after*(1-unevenGain) {
		speeds, after, gain = b.found, took, unevenGain
	}
	tips := after < before*(1-gain)
	if !tips || !b.doubt {
		b.doubt = tips
		return false
	}
	copy(b.Speeds, speeds)
	b.doubt = false
	return true
}

// longest is how long, with the speeds that were found, the last worker takes for its
// share of a unit of work.
func (b *Balance) longest(shares []float64) (longest float64) {
	for rank, share := range shares {
		if share > 0 {
			longest = max(longest, share/b.found[rank])
		}
	}
	return longest / sum(shares)
}

// look finds the speeds, and how long the last worker took, and begins anew. Who had
// nothing to do counts as average.
func (b *Balance) look() (longest float64) {
	busy := 0.0
	for rank, t := range b.tallies {
		took := float64(max(1, t.took)) // a clock may be coarse
		b.found[rank] = t.work / took
		if t.work > 0 {
			longest, busy = max(longest, took), busy+1
		}
		b.tallies[rank] = tally{}
	}
	average := sum(b.found) / busy
	for rank, speed := range b.found {
		if speed == 0 {
			b.found[rank] = average
		}
	}
	return longest
}

// window is the time between two looks. Where clocks tick every 16 ms, they show little in
// less than many ticks.
func window() time.Duration {
	if runtime.GOOS == "windows" {
		return 320 * time.Millisecond
	}
	return 20 * time.Millisecond
}
