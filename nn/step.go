package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A step trains on one batch; its buffers are made once. Each worker owns the
// shards of every stage that its flow has: it alone reads and writes their
// weights and moments. Layers without shards are computed by all workers alike,
// each with weights and moments of its own.
type step struct {
	model   *Sequential
	team    *kernels.Team
	loss    Loss
	rule    rule
	steps   int         // that the rule has made
	moments [][]float32 // laid out like the weights, one for each moment of the rule
	flows   []*backFlow
	ahead   *ahead
	edits   int // of the model that the workers' own weights come from

	data    Dataset
	rows    []int // samples of the batch at hand
	penalty penalty
	run     func(rank int, k *kernels.Core)
}

func newStep(m *Sequential, team *kernels.Team, loss Loss, r rule, batch int) *step {
	s := &step{model: m, team: team, loss: loss, rule: r, penalty: newPenalty(m), edits: m.edits, ahead: newAhead(batch)}
	for range r.moments() {
		s.moments = append(s.moments, make([]float32, len(m.weights)))
	}
	forth, back := newExchanges(m, batch), newBackExchanges(m, batch)
	for rank := range team.Workers() {
		f := newFlow(m, batch, rank, team.Workers(), forth, func() { team.Barrier(rank) })
		s.flows = append(s.flows, newBackFlow(f, r, s.moments, back))
	}
	s.run = s.work
	return s
}

// train updates the weights from the samples in rows and returns what the model
// scored on them before. The next step of d will be on the samples in next, if any.
func (s *step) train(d Dataset, rows, next []int) metricSum {
	if s.edits != s.model.edits {
		s.renew()
	}
	s.data, s.rows = s.ahead.prepare(s.team, d, rows, next), rows
	s.rule.next()
	s.steps++
	s.team.Run(s.run)
	s.model.edits++ // for other trainers of the model
	s.edits = s.model.edits
	return s.flows[0].sums(s.penalty.total())
}

// renew gives the workers the weights and moments as they are now.
func (s *step) renew() {
	s.edits = s.model.edits
	for _, f := range s.flows {
		f.takeViews(s.moments)
	}
}

// work is one worker's part of a step.
func (s *step) work(rank int, k *kernels.Core) {
	f := s.flows[rank]
	s.penalty.sum(k, rank, s.team.Workers())
	f.gather(k, s.data, s.rows)
	f.forward(k, s.loss.fusesSoftmax())
	if rank == 0 {
		f.score()
	}
	f.backward(k, s.loss)
	s.ahead.draw(rank, k)
}
