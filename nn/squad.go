package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A squad is a number of workers with what they need for a step. Each worker owns the
// shards of every stage that its flow has: it alone reads and writes their weights and
// moments. Layers without shards are computed by all workers alike, each with weights
// and moments of its own.
type squad struct {
	team  *kernels.Team
	flows []*backFlow
	edits int // of the model that the workers' own weights come from; -1 in a step
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
	q := &squad{team: s.team}
	if workers != s.team.Workers() {
		q.team = kernels.NewTeam(s.team.Tier(), workers)
	}
	for rank := range workers {
		f := newFlow(s.model, s.config.BatchSize, rank, workers, s.forth, func() { q.team.Barrier(rank) })
		f.sparse, f.trains, f.checked.edits = s.sparse, true, -1
		f.addDropout(s.config.InputDropout)
		q.flows = append(q.flows, newBackFlow(f, s.rule, s.state, s.back))
	}
	return q
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
