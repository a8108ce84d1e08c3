package nn

import (
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A squad is a number of workers with what they need for a step. Each worker owns the
// shards of every stage that were dealt to it, for many steps: it alone reads and writes
// their weights and moments. Layers without shards are computed by all workers alike, each
// with weights and moments of its own.
type squad struct {
	team   *kernels.Team
	flows  []*backFlow
	dealer *dealer
	edits  int // of the model that the workers' own weights come from; -1 in a step
}

// squadOf returns that many workers, who know the weights as they are now. Their buffers
// are made when they are first needed: a trainer that never trains needs none, and what
// a file says of its batches is not believed before.
func (s *step) squadOf(workers int) *squad {
	q := s.squads[workers]
	switch {
	case s.closed:
		panic("nn: the trainer is closed")
	case q == nil:
		q = s.newSquad(workers)
		s.squads[workers] = q
	case q.edits != s.model.edits:
		for _, f := range q.flows {
			f.takeViews(s.state)
		}
	}
	return q
}

func (s *step) newSquad(workers int) *squad {
	s.share()
	q := &squad{team: s.team, dealer: newDealer(s.model, workers)}
	if workers != s.team.Workers() {
		q.team = kernels.NewTeam(s.team.Tier(), workers)
	}
	for rank := range workers {
		f := newFlow(s.model, s.config.BatchSize, rank, workers, s.forth, func() { q.meet(rank) })
		f.sparse = s.sparse
		f.addDropout(s.config.InputDropout)
		q.flows = append(q.flows, newBackFlow(f, s.rule, s.state, s.back))
	}
	q.takeShards()
	return q
}

// takeShards deals all shards anew, by the workers' speeds.
func (q *squad) takeShards() {
	for _, f := range q.flows {
		f.takeShards(q.dealer.Speeds)
	}
}

// scorer is the worker that counts the right samples: the last one, as the first begins
// and ends steps.
func (q *squad) scorer() int { return len(q.flows) - 1 }

// meet has a worker wait for the others.
func (q *squad) meet(rank int) {
	begin := time.Now()
	q.team.Barrier(rank)
	q.dealer.clocks[rank].waited += time.Since(begin)
}

// share makes the buffers that all squads have in common.
func (s *step) share() {
	if len(s.squads) == 0 {
		batch := s.config.BatchSize
		s.forth, s.back = newExchanges(s.model, batch), newBackExchanges(s.model, batch)
		s.sparse = newSparseBatch(s.model, batch, s.team.Workers())
	}
}

// close ends the workers of all squads.
func (s *step) close() {
	s.closed = true
	for _, q := range s.squads {
		q.team.Close()
	}
	s.team.Close()
}
