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
	eval   *evaluator // nil until it is needed
	rows   []int      // 0, 1, 2, …: the samples of TrainOnBatch
	saved  *savedFit  // for the next Fit to go on from
}

// NewTrainer compiles the model into steps of the given kind. The weights and
// the moments of the optimizer are kept from call to call of Fit and
// TrainOnBatch. It fails if a setting is not valid.
func NewTrainer(m *Sequential, c Config) (*Trainer, error) {
	c.fillIn()
	if err := c.validate(m); err != nil {
		return nil, err
	}
	team, err := c.newTeam()
	if err != nil {
		return nil, err
	}
	least := max(1, c.Workers)
	c.Workers, c.Tier, c.ClassWeights = team.Workers(), team.Tier(), slices.Clone(c.ClassWeights)
	t := &Trainer{model: m, config: c, team: team}
	t.step = newStep(m, team, least, &t.config)
	return t, nil
}

// Close ends the workers. The model stays of use.
func (t *Trainer) Close() { t.step.close() }

// Model returns the model that is trained.
func (t *Trainer) Model() *Sequential { return t.model }

// Config returns the settings, with what NewTrainer filled in: Workers is the most there
// may be, or, given to another trainer, the number that there are.
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
	return t.step.train(d, t.rows[:n], nil).mean(), nil
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
