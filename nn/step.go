package nn

import (
	"slices"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A step trains on one batch, with a squad of as many workers as its tuner says. What a
// model learns is the same for any number of them.
type step struct {
	model     *Sequential
	team      *kernels.Team // of as many workers as there may be
	tuner     *tuner
	squads    map[int]*squad // by the number of workers
	closed    bool
	config    *Config // the trainer's
	objective objective
	rule      rule
	clipping  *clipping
	updates   int // that the rule has made
	pending   int // batches summed up for the next one
	state     state
	averaged  *Sequential // the model with the average of its weights
	ahead     *ahead

	// What the workers of a squad share, whichever it is: the batch, if many of its
	// numbers are zero, the outputs of stages, and the gradients at their inputs.
	sparse      *sparseBatch
	forth, back []exchange

	squad    *squad // that makes the step at hand
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

// newStep has no fewer workers than least, and no more than there are in the team.
func newStep(m *Sequential, team *kernels.Team, least int, c *Config) *step {
	r := c.Optimizer.rule()
	s := &step{
		model: m, team: team, config: c, objective: c.objective(), rule: r, state: newState(m, c, r), clipping: newClipping(m, c),
		penalty: newPenalty(m), ahead: newAhead(), tuner: newTuner(least, team.Workers()), squads: map[int]*squad{},
	}
	s.averaged = m.with(s.state.average)
	s.run = s.work
	return s
}

// batches is the number of steps made.
func (s *step) batches() int { return s.updates*s.config.accumulate() + s.pending }

// train updates the weights from the samples in rows and returns what the model
// scored on them before. The next step of d will be on the samples in next, if any.
func (s *step) train(d Dataset, rows, next []int) metricSum {
	begin := time.Now()
	q := s.squadOf(s.tuner.now)
	s.squad, s.data, s.rows = q, s.ahead.prepare(q.team, d, rows, next), rows
	s.count()
	s.sparse.begin(len(rows))
	q.edits = -1
	q.team.Run(s.run)
	s.model.edits++ // for other trainers of the model
	s.averaged.edits++
	q.edits = s.model.edits
	if q.dealer.tips() {
		q.takeShards()
		s.tuner.restart()
	}
	s.tuner.stepped(len(rows), time.Since(begin))
	return q.flows[q.scorer()].sums(s.penalty.total())
}

// count begins the next step, and an update if it is time for one.
func (s *step) count() {
	key := dropoutKey(s.config.Seed, s.batches())
	for _, f := range s.squad.flows {
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

// work is one worker's part of a step.
func (s *step) work(rank int, k *kernels.Core) {
	f, dealer := s.squad.flows[rank], s.squad.dealer
	s.penalty.sum(k, rank, s.squad.team.Workers())
	f.gather(k, s.data, s.rows)
	dealer.clocks[rank].start()
	f.forward(k, s.objective.fusesSoftmax())
	if rank == s.squad.scorer() {
		f.score()
	}
	f.backward(k, s.objective)
	dealer.stop(rank)
	if s.updating && f.gradients != nil {
		f.update(k, s.clipping, s.config.accumulate())
	}
	if s.updating && f.average != nil {
		f.follow(k, s.config.EMA, s.updates == 1)
	}
	s.ahead.draw(rank, k)
}
