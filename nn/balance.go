package nn

import "time"

// A balance finds how fast each worker of a squad is, so that shards are dealt by that.
// Some processors have slow cores beside fast ones, and what a virtual machine takes for
// a core may, for a while, be half of one. No result depends on it.
type balance struct {
	model  *Sequential
	speeds []float64 // by which the shards were dealt
	clocks []clock   // of each worker, set back at each look
	found  []float64 // speeds since the last look
	doubt  bool      // whether they are as unequal as they seem: it may have been a stall

	shares []float64 // the weights in each worker's shards
	deal   deal      // of a stage
}

// A clock adds up the time that a worker takes for its shards, without that in which it
// waits for others. (What all do alike beside that is little.)
type clock struct {
	total  time.Duration
	since  time.Time
	waited time.Duration // since then
	_      [64]byte      // one worker's must not slow another's
}

func (c *clock) start() { c.since, c.waited = time.Now(), 0 }
func (c *clock) stop()  { c.total += time.Since(c.since) - c.waited }

func newBalance(m *Sequential, workers int) *balance {
	return &balance{
		model: m, speeds: evenly(workers), found: make([]float64, workers), clocks: make([]clock, workers),
		shares: make([]float64, workers), deal: make(deal, workers),
	}
}

const (
	balanceWindow = 20 * time.Millisecond // between looks at the clocks
	balanceGain   = 0.07                  // of the time for shards, for another deal to be made
)

// tips looks at the clocks, after some time, and reports whether the shards should be
// dealt anew, by the speeds that it found.
func (b *balance) tips() bool {
	total := time.Duration(0)
	for i := range b.clocks {
		total += b.clocks[i].total
	}
	if len(b.clocks) == 1 || total < balanceWindow*time.Duration(len(b.clocks)) {
		return false
	}
	before, after := 0.0, 0.0
	for rank, work := range b.sharesOf(b.speeds) {
		took := float64(max(1, b.clocks[rank].total)) // a clock may be coarse
		b.clocks[rank].total = 0
		b.found[rank] = work / took
		if work > 0 {
			before = max(before, took)
		}
	}
	for rank, work := range b.sharesOf(b.found) {
		if work > 0 {
			after = max(after, work/b.found[rank])
		}
	}
	tips := after < before*(1-balanceGain)
	if !tips || !b.doubt {
		b.doubt = tips
		return false
	}
	copy(b.speeds, b.found)
	b.doubt = false
	return true
}

// sharesOf are how many weights each worker has in its shards, dealt by those speeds.
func (b *balance) sharesOf(speeds []float64) []float64 {
	clear(b.shares)
	for _, s := range b.model.stages {
		if !s.paired {
			continue
		}
		perUnit := b.model.params[s.first].inputs + b.model.params[s.last()].units
		b.deal.set(s.shards, speeds)
		for rank := range b.deal {
			begin, end := b.deal.run(rank)
			lo, _ := s.shards.bounds(begin)
			hi, _ := s.shards.bounds(end)
			b.shares[rank] += float64((hi - lo) * perUnit)
		}
	}
	return b.shares
}
