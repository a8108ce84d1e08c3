package nn

import (
	"fmt"
	"math"
	"runtime"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A Config says how a model is trained.
type Config struct {
	Loss      Loss
	Optimizer Optimizer // nil: Adam with its defaults
	BatchSize int       // samples in a step; 0: 32
	Workers   int       // 0: one for each processor (runtime.GOMAXPROCS)
	Tier      kernels.Tier
}

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

// maxBatch and maxWorkers keep buffers within what a machine may have, maxSteps
// what a file may ask to count within seconds.
const (
	maxBatch   = 1 << 24
	maxWorkers = 1 << 10
	maxSteps   = math.MaxInt32
)

// NewTrainer compiles the model into steps of the given kind. The weights and
// the moments of the optimizer are kept from call to call of Fit and
// TrainOnBatch. It fails if a setting is not valid.
func NewTrainer(m *Sequential, c Config) (*Trainer, error) {
	if c.Optimizer == nil {
		c.Optimizer = NewAdam()
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	if err := firstError(c.Loss.validate(m), c.Optimizer.validate(), c.Tier.Err()); err != nil {
		return nil, err
	}
	switch {
	case c.BatchSize < 1 || c.BatchSize > maxBatch:
		return nil, fmt.Errorf("nn: batch size %d: want 1 to %d", c.BatchSize, maxBatch)
	case c.Workers < 1 || c.Workers > maxWorkers:
		return nil, fmt.Errorf("nn: %d workers: want 1 to %d", c.Workers, maxWorkers)
	}
	t := &Trainer{model: m, config: c, team: kernels.NewTeam(c.Tier, c.Workers)}
	t.config.Tier = t.team.Tier()
	t.step = newStep(m, t.team, c.Loss, c.Optimizer.rule(), c.BatchSize)
	t.eval = newEvaluator(m, t.team, c.Loss)
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
	return t.step.train(d, t.rows[:n], nil).mean(), nil
}

// Evaluate returns what the model scores on the data.
func (t *Trainer) Evaluate(d Dataset) (Metrics, error) {
	if err := d.validate(t.model); err != nil {
		return Metrics{}, err
	}
	return t.eval.evaluate(d, 0, d.X.Len()), nil
}
