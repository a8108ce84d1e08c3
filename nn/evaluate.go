package nn

import (
	"context"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Evaluate returns what the model scores on the data. When ctx is done first,
// it returns the context's error.
func (t *Trainer) Evaluate(ctx context.Context, d Dataset) (Metrics, error) {
	if err := d.validate(t.model); err != nil {
		return Metrics{}, err
	}
	return t.evaluator().evaluate(ctx, d, 0, d.X.Len())
}

func (t *Trainer) evaluator() *evaluator {
	if t.step.closed {
		panic("nn: the trainer is closed")
	}
	if t.eval == nil {
		t.eval = newEvaluator(t.evaluated(), t.team, t.config.evaluation())
	}
	return t.eval
}

// Evaluate returns what the model scores on the data, without a trainer: of c,
// it looks at Loss, LabelSmoothing, Workers and Tier. When ctx is done first, it
// returns the context's error. It may be called by many goroutines at once.
func (m *Sequential) Evaluate(ctx context.Context, d Dataset, c Config) (Metrics, error) {
	if err := firstError(d.validate(m), c.Loss.validate(m), c.validateSmoothing()); err != nil {
		return Metrics{}, err
	}
	team, err := c.newTeam()
	if err != nil {
		return Metrics{}, err
	}
	defer team.Close()
	return newEvaluator(m, team, c.evaluation()).evaluate(ctx, d, 0, d.X.Len())
}

// An evaluator scores a model. The scores are added in the order of the samples.
type evaluator struct {
	*survey
	loss    objective
	penalty penalty
	unused  []buffer // of each worker: the gradient that comes with a loss

	perSample float64 // the penalty on a loss
	total     metricSum

	sumPenalty, score func(rank int, k *kernels.Core)
	add               func(rank int)
}

func newEvaluator(m *Sequential, team *kernels.Team, loss objective) *evaluator {
	e := &evaluator{survey: newSurvey(m, team, loss.fusesSoftmax()), loss: loss, penalty: newPenalty(m)}
	for range team.Workers() {
		e.unused = append(e.unused, newBuffer(surveyRows, m.Outputs()))
	}
	e.score = e.scoreRows
	e.add = func(rank int) { e.total.add(e.flows[rank].sums(e.perSample)) }
	e.sumPenalty = func(rank int, k *kernels.Core) { e.penalty.sum(k, rank, team.Workers()) }
	return e
}

// evaluate scores samples begin to end-1.
func (e *evaluator) evaluate(ctx context.Context, d Dataset, begin, end int) (Metrics, error) {
	e.team.Run(e.sumPenalty)
	e.perSample, e.total = e.penalty.total(), metricSum{}
	if err := e.each(ctx, d, begin, end, e.score, e.add); err != nil {
		return Metrics{}, err
	}
	return e.total.mean(), nil
}

func (e *evaluator) scoreRows(rank int, k *kernels.Core) {
	f := e.flows[rank]
	f.score()
	e.loss.lossAndGradient(k, f, e.unused[rank].mat(f.rows))
}
