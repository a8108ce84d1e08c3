package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A step trains on one batch; its buffers are made once, when the first batch
// comes. Each worker owns the shards of every stage that its flow has: it alone reads and writes their
// weights and moments. Layers without shards are computed by all workers alike,
// each with weights and moments of its own.
type step struct {
	model   *Sequential
	team    *kernels.Team
	loss    Loss
	rule    rule
	batch   int         // samples that there is room for
	steps   int         // that the rule has made
	moments [][]float32 // laid out like the weights, one for each moment of the rule
	flows   []*backFlow
	edits   int // of the model that the workers' own weights come from

	data    Dataset
	rows    []int // samples of the batch at hand
	penalty penalty
	run     func(rank int, k *kernels.Core)
}

func newStep(m *Sequential, team *kernels.Team, loss Loss, r rule, batch int) *step {
	s := &step{model: m, team: team, loss: loss, rule: r, batch: batch, penalty: newPenalty(m)}
	for range r.moments() {
		s.moments = append(s.moments, make([]float32, len(m.weights)))
	}
	s.run = s.work
	return s
}

// compile makes the buffers. A trainer that never trains needs none, and what a
// file says of its batches is not believed before.
func (s *step) compile() {
	forth, back := newExchanges(s.model, s.batch), newBackExchanges(s.model, s.batch)
	for rank := range s.team.Workers() {
		f := newFlow(s.model, s.batch, rank, s.team.Workers(), forth, func() { s.team.Barrier(rank) })
		s.flows = append(s.flows, newBackFlow(f, s.rule, s.moments, back))
	}
	s.edits = s.model.edits
}

// train updates the weights from the samples in rows and returns what the model
// scored on them before.
func (s *step) train(d Dataset, rows []int) metricSum {
	if s.flows == nil {
		s.compile()
	}
	if s.edits != s.model.edits {
		s.renew()
	}
	s.data, s.rows = d, rows
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
}
