package nn

import (
	"errors"
	"fmt"
	"math"
	"runtime"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A Config says how a model is trained. The zero value of a field leaves out
// what it is about, or stands for a default.
type Config struct {
	Loss      Loss
	Optimizer Optimizer // nil: Adam with its defaults
	Schedule  Schedule  // of the learning rate; nil: the optimizer's own rate
	BatchSize int       // samples in a step; 0: 32
	Workers   int       // 0: runtime.GOMAXPROCS, or fewer in training while that is faster
	Tier      kernels.Tier

	// Against over-fitting, beside the penalties and Dense.Dropout.
	InputDropout   float32 // share of the model's inputs that are dropped in training
	Seed           uint64  // of dropout
	LabelSmoothing float64 // s: targets t become t·(1-s) + s/classes, as in Keras in Evaluate too

	// ClassWeights has a factor for each class, of the losses of the samples
	// whose largest target is that class, in training only. It multiplies the
	// weights of a Dataset.
	ClassWeights []float32

	// At most one of these limits gradients, before the optimizer sees them:
	// every number of one to ±ClipValue, the Euclidean norm of the gradient of
	// each kernel and each bias to ClipNorm, or of all together to
	// GlobalClipNorm.
	ClipValue, ClipNorm, GlobalClipNorm float64

	// Accumulate makes one update out of that many steps, with the mean of their
	// gradients; 0: 1.
	Accumulate int

	// EMA is the momentum of a moving average of the weights, for instance 0.99:
	// after an update, average = EMA·average + (1-EMA)·weights; after the first,
	// average = weights, as in Keras. Keras makes it the model's weights when fit
	// is over; here Averaged returns it.
	EMA             float64
	EvaluateAverage bool // Evaluate and Fit's validation score the average
}

// maxBatch, maxWorkers and maxAccumulate keep buffers and counts within what a
// machine may have, maxSteps what a file may ask to count within seconds.
const (
	maxBatch      = 1 << 24
	maxWorkers    = 1 << 10
	maxAccumulate = 1 << 24
	maxSteps      = math.MaxInt32
)

// fillIn sets what has a default.
func (c *Config) fillIn() {
	if c.Optimizer == nil {
		c.Optimizer = NewAdam()
	}
	if c.BatchSize == 0 {
		c.BatchSize = 32
	}
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
		return fmt.Errorf("nn: %d workers: want 1 to %d, or 0 to leave it to the trainer", c.Workers, maxWorkers)
	}
	return c.Tier.Err()
}

// validate fails unless all settings are sound and fit the model.
func (c Config) validate(m *Sequential) error {
	switch {
	case c.BatchSize < 1 || c.BatchSize > maxBatch:
		return fmt.Errorf("nn: batch size %d: want 1 to %d", c.BatchSize, maxBatch)
	case c.Accumulate < 0 || c.Accumulate > maxAccumulate:
		return fmt.Errorf("nn: %d steps accumulated: want 0 to %d", c.Accumulate, maxAccumulate)
	case c.EvaluateAverage && c.EMA == 0:
		return errors.New("nn: no average to evaluate: EMA is 0")
	}
	return firstError(c.Loss.validate(m), c.Optimizer.validate(), c.validateTeam(), c.validateSchedule(),
		c.validateSmoothing(), c.validateClasses(m), c.validateClipping(), inRange("input dropout", float64(c.InputDropout), 0, 1),
		inRange("EMA", c.EMA, 0, 1))
}

func (c Config) validateSchedule() error {
	if c.Schedule == nil {
		return nil
	}
	if len(chain(c.Schedule)) > maxSchedules {
		return fmt.Errorf("nn: a schedule made of more than %d", maxSchedules)
	}
	return c.Schedule.validate()
}

func (c Config) validateSmoothing() error {
	if err := inRange("label smoothing", c.LabelSmoothing, 0, 1); err != nil {
		return err
	}
	if c.LabelSmoothing > 0 && c.Loss != CategoricalCrossentropy {
		return fmt.Errorf("nn: label smoothing goes with %v, not %v", CategoricalCrossentropy, c.Loss)
	}
	return nil
}

func (c Config) validateClasses(m *Sequential) error {
	if c.ClassWeights == nil {
		return nil
	}
	if n := len(c.ClassWeights); n != m.Outputs() || n < 2 {
		return fmt.Errorf("nn: %d class weights for a model of %d outputs: want one for each, and at least 2", n, m.Outputs())
	}
	for i, w := range c.ClassWeights {
		if !(w >= 0 && w <= math.MaxFloat32) {
			return fmt.Errorf("nn: weight %v of class %d: want a number of at least 0", w, i)
		}
	}
	return nil
}

func (c Config) validateClipping() error {
	set := 0
	for _, limit := range []float64{c.ClipValue, c.ClipNorm, c.GlobalClipNorm} {
		if limit > 0 {
			set++
		}
	}
	if set > 1 {
		return errors.New("nn: gradients are clipped in several ways: want at most one of ClipValue, ClipNorm and GlobalClipNorm")
	}
	return firstError(inRange("clip value", c.ClipValue, 0, unbounded), inRange("clip norm", c.ClipNorm, 0, unbounded),
		inRange("global clip norm", c.GlobalClipNorm, 0, unbounded))
}

// accumulate is the number of steps that make an update.
func (c *Config) accumulate() int { return max(1, c.Accumulate) }

// keepsGradients reports whether the gradients are needed together.
func (c *Config) keepsGradients() bool {
	return c.accumulate() > 1 || c.ClipValue > 0 || c.ClipNorm > 0 || c.GlobalClipNorm > 0
}

// learningRate is the rate of a step, from 0.
func (c *Config) learningRate(step int) float64 {
	if c.Schedule == nil {
		return c.Optimizer.learningRate()
	}
	return c.Schedule.At(step)
}
