package nn

import (
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A step trains on one batch; its buffers are made once, when the first batch comes.
// Each worker owns the shards of every stage that its flow has: it alone reads and
// writes their weights and moments. Layers without shards are computed by all workers
// alike, each with weights and moments of its own.
type step struct {
	model     *Sequential
	team      *kernels.Team
	config    *Config // the trainer's
	objective objective
	rule      rule
	clipping  *clipping
	updates   int // that the rule has made
	pending   int // batches summed up for the next one
	state     state
	averaged  *Sequential // the model with the average of its weights
	sparse    *sparseBatch
	flows     []*backFlow
	ahead     *ahead
	edits     int // of the model that the workers' own weights come from

	data     Dataset
	rows     []int // samples of the batch at hand
	updating bool  // after it
	penalty  penalty
	run      func(rank int, k *kernels.Core)
}

// A state is what is kept for each weight, laid out like the weights; nil what
// is not needed.
type state struct{ m, v, gradients, average []float32 }

// newState has what the settings need.
func newState(m *Sequential, c *Config, r rule) state {
	numbers := func(needed bool) []float32 {
		if !needed {
			return nil
		}
		return make([]float32, len(m.weights))
	}
	st := state{m: numbers(r.moments() > 0), v: numbers(r.moments() > 1), gradients: numbers(c.keepsGradients())}
	if c.EMA > 0 {
		st.average = slices.Clone(m.weights)
	}
	return st
}

func newStep(m *Sequential, team *kernels.Team, c *Config) *step {
	r := c.Optimizer.rule()
	s := &step{
		model: m, team: team, config: c, objective: c.objective(), rule: r, state: newState(m, c, r), clipping: newClipping(m, c),
		penalty: newPenalty(m), ahead: newAhead(),
	}
	s.averaged = m.with(s.state.average)
	s.run = s.work
	return s
}

// compile makes the buffers. A trainer that never trains needs none, and what a
// file says of its batches is not believed before.
func (s *step) compile() {
	batch, workers := s.config.BatchSize, s.team.Workers()
	forth, back := newExchanges(s.model, batch), newBackExchanges(s.model, batch)
	s.sparse = newSparseBatch(s.model, batch, workers)
	for rank := range workers {
		f := newFlow(s.model, batch, rank, workers, forth, func() { s.team.Barrier(rank) })
		f.sparse, f.trains, f.checked.edits = s.sparse, true, -1
		f.addDropout(s.config.InputDropout)
		s.flows = append(s.flows, newBackFlow(f, s.rule, s.state, back))
	}
	s.edits = s.model.edits
}

// batches is the number of steps made.
func (s *step) batches() int { return s.updates*s.config.accumulate() + s.pending }

// train updates the weights from the samples in rows and returns what the model
// scored on them before. The next step of d will be on the samples in next, if any.
func (s *step) train(d Dataset, rows, next []int) metricSum {
	if s.flows == nil {
		s.compile()
	}
	if s.edits != s.model.edits {
		s.renew()
	}
	s.data, s.rows = s.ahead.prepare(s.team, d, rows, next), rows
	s.count()
	s.sparse.begin(len(rows))
	s.team.Run(s.run)
	s.model.edits++ // for other trainers of the model
	s.averaged.edits++
	s.edits = s.model.edits
	return s.flows[0].sums(s.penalty.total())
}

// count begins the next step, and an update if it is time for one.
func (s *step) count() {
	key := dropoutKey(s.config.Seed, s.batches())
	for _, f := range s.flows {
		f.key, f.add = key, s.pending > 0
	}
	s.updating = s.pending+1 == s.config.accumulate()
	if !s.updating {
		s.pending++
		return
	}
	s.rule.next(s.config.learningRate(s.batches()))
	s.updates++
	s.pending = 0
}

// renew gives the workers the weights and moments as they are now.
func (s *step) renew() {
	s.edits = s.model.edits
	for _, f := range s.flows {
		f.takeViews(s.state)
	}
}

// work is one worker's part of a step.
func (s *step) work(rank int, k *kernels.Core) {
	f := s.flows[rank]
	s.penalty.sum(k, rank, s.team.Workers())
	f.gather(k, s.data, s.rows)
	f.forward(k, s.objective.fusesSoftmax())
	if rank == 0 {
		f.score()
	}
	f.backward(k, s.objective)
	if s.updating && f.gradients != nil {
		f.update(k, s.clipping, s.config.accumulate())
	}
	if s.updating && f.average != nil {
		f.follow(k, s.config.EMA, s.updates == 1)
	}
	s.ahead.draw(rank, k)
}
