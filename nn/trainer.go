package nn

import (
	"fmt"
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A Trainer trains one model, with workers that wait for it. Only one goroutine
// may use it at once. Close it when it is no longer needed.
type Trainer struct {
	model  *Sequential
	config Config
	team   *kernels.Team
	step   *step
	eval   *evaluator
	rows   []int // 0, 1, 2, …: the samples of TrainOnBatch
}

// NewTrainer compiles the model into steps of the given kind. The weights and
// the moments of the optimizer are kept from call to call of Fit and
// TrainOnBatch. It fails if a setting is not valid.
func NewTrainer(m *Sequential, c Config) (*Trainer, error) {
	c.fillIn()
	if err := c.validate(m); err != nil {
		return nil, err
	}
	c.ClassWeights = slices.Clone(c.ClassWeights)
	t := &Trainer{model: m, config: c, team: kernels.NewTeam(c.Tier, c.Workers)}
	t.config.Tier = t.team.Tier()
	t.step = newStep(m, t.team, &t.config)
	t.eval = newEvaluator(t.evaluated(), t.team, c.evaluation())
	t.rows = make([]int, c.BatchSize)
	for i := range t.rows {
		t.rows[i] = i
	}
	return t, nil
}

// Close ends the workers. The model stays of use.
func (t *Trainer) Close() { t.team.Close() }

// Config returns the settings, with what NewTrainer filled in.
func (t *Trainer) Config() Config { return t.config }

// TrainOnBatch trains on all samples of d as one batch and returns what the
// model scored on them before. d must not have more samples than BatchSize.
func (t *Trainer) TrainOnBatch(d Dataset) (Metrics, error) {
	if err := d.validate(t.model); err != nil {
		return Metrics{}, err
	}
	n := d.X.Len()
	if n > len(t.rows) {
		return Metrics{}, fmt.Errorf("%w: %d samples in a batch of at most %d", ErrData, n, len(t.rows))
	}
	return t.step.train(d, t.rows[:n]).mean(), nil
}

// evaluated is the model that Evaluate scores.
func (t *Trainer) evaluated() *Sequential {
	if t.config.EvaluateAverage {
		return t.step.averaged
	}
	return t.model
}

// Averaged returns a copy of the model with the moving average of its weights,
// or nil if Config.EMA is 0.
func (t *Trainer) Averaged() *Sequential {
	if t.config.EMA == 0 {
		return nil
	}
	return t.model.with(slices.Clone(t.step.state.average))
}

// LearningRate returns the rate of the next step.
func (t *Trainer) LearningRate() float64 { return t.config.learningRate(t.step.batches()) }

// SetLearningRate sets the rate of the next step. Without a schedule, the rate
// stays; with one, all its later rates are scaled alike. It fails if the rate is
// not a number of at least 0, or the schedule's is 0, which cannot be scaled.
func (t *Trainer) SetLearningRate(rate float64) error {
	if err := inRange("learning rate", rate, 0, unbounded); err != nil {
		return err
	}
	if t.config.Schedule == nil {
		t.config.Optimizer = t.config.Optimizer.withLearningRate(rate)
		return nil
	}
	scaled, ok := t.config.Schedule.(Scaled)
	if !ok {
		scaled.Of = t.config.Schedule
	}
	scaled.Factor = rate / scaled.Of.At(t.step.batches())
	c := t.config
	c.Schedule = scaled
	if err := c.validateSchedule(); err != nil {
		return fmt.Errorf("learning rate %v in step %d of a schedule: %w", rate, t.step.batches(), err)
	}
	t.config = c
	return nil
}

// Evaluate returns what the model scores on the data.
func (t *Trainer) Evaluate(d Dataset) (Metrics, error) {
	if err := d.validate(t.model); err != nil {
		return Metrics{}, err
	}
	return t.eval.evaluate(d, 0, d.X.Len()), nil
}
