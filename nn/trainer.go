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
	eval   *evaluator // nil until it is needed
	rows   []int      // 0, 1, 2, …: the samples of TrainOnBatch
	saved  *savedFit  // for the next Fit to go on from
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
	if err := firstError(c.Loss.validate(m), c.Optimizer.validate()); err != nil {
		return nil, err
	}
	if c.BatchSize < 1 || c.BatchSize > maxBatch {
		return nil, fmt.Errorf("nn: batch size %d: want 1 to %d", c.BatchSize, maxBatch)
	}
	team, err := c.newTeam()
	if err != nil {
		return nil, err
	}
	c.Workers, c.Tier = team.Workers(), team.Tier()
	return &Trainer{
		model: m, config: c, team: team,
		step: newStep(m, team, c.Loss, c.Optimizer.rule(), c.BatchSize),
	}, nil
}

// newTeam starts the workers.
func (c Config) newTeam() (*kernels.Team, error) {
	if err := c.validateTeam(); err != nil {
		return nil, err
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	return kernels.NewTeam(c.Tier, c.Workers), nil
}

func (c Config) validateTeam() error {
	if c.Workers < 0 || c.Workers > maxWorkers {
		return fmt.Errorf("nn: %d workers: want 1 to %d, or 0 for one on each processor", c.Workers, maxWorkers)
	}
	return c.Tier.Err()
}

// Close ends the workers. The model stays of use.
func (t *Trainer) Close() { t.team.Close() }

// Model returns the model that is trained.
func (t *Trainer) Model() *Sequential { return t.model }

// Config returns the settings, with what NewTrainer filled in.
func (t *Trainer) Config() Config { return t.config }

// TrainOnBatch trains on all samples of d as one batch and returns what the
// model scored on them before. d must not have more samples than BatchSize.
func (t *Trainer) TrainOnBatch(d Dataset) (Metrics, error) {
	if err := d.validate(t.model); err != nil {
		return Metrics{}, err
	}
	n := d.X.Len()
	if n > t.config.BatchSize {
		return Metrics{}, fmt.Errorf("%w: %d samples in a batch of at most %d", ErrData, n, t.config.BatchSize)
	}
	for i := len(t.rows); i < n; i++ {
		t.rows = append(t.rows, i)
	}
	return t.step.train(d, t.rows[:n]).mean(), nil
}
