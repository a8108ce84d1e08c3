package nn

import (
	"time"

	"github.com/mnist-fast/mnist-fast/internal/balance"
)

// A dealer deals the shards of all stages to the workers of a squad by how fast each is.
// No result depends on it.
type dealer struct {
	*balance.Balance
	model  *Sequential
	clocks []clock   // of each worker
	shares []float64 // weights in the shards of each worker
	other  []float64 // if they were dealt otherwise
	deal   deal      // of the stage at hand
}

func newDealer(m *Sequential, workers int) *dealer {
	d := &dealer{
		Balance: balance.New(workers), model: m, clocks: make([]clock, workers),
		shares: make([]float64, workers), other: make([]float64, workers), deal: make(deal, workers),
	}
	copy(d.shares, d.sharesBy(d.Speeds))
	return d
}

// tips reports whether the shards should be dealt anew, by other Speeds.
func (d *dealer) tips() bool {
	if !d.Tips(d.sharesBy) {
		return false
	}
	copy(d.shares, d.sharesBy(d.Speeds))
	return true
}

// sharesBy are the shares that come from speeds.
func (d *dealer) sharesBy(speeds []float64) []float64 {
	clear(d.other)
	for _, s := range d.model.stages {
		if !s.paired {
			continue
		}
		perUnit := d.model.params[s.first].inputs + d.model.params[s.last()].units
		d.deal.set(s.shards, speeds)
		for rank := range d.deal {
			lo, hi := s.shards.unitsOf(d.deal.run(rank))
			d.other[rank] += float64((hi - lo) * perUnit)
		}
	}
	return d.other
}

// A clock shows what a worker takes for its shards, without that in which it waits for
// others. It also runs in what all do alike: with much of that, cores look more alike
// than they are, and shards are dealt more evenly than would be best.
type clock struct {
	since  time.Time
	waited time.Duration // since then
	_      [96]byte      // one worker's must not slow another's
}

func (c *clock) start() { c.since, c.waited = time.Now(), 0 }

// stop has the dealer know of the time since start.
func (d *dealer) stop(rank int) {
	c := &d.clocks[rank]
	d.Add(rank, d.shares[rank], time.Since(c.since)-c.waited)
}
