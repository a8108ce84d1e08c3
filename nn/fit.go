package nn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// A FitConfig says how long Fit trains, and on what.
type FitConfig struct {
	Epochs       int    // the last epoch
	InitialEpoch int    // epochs that were trained before, when training goes on
	Seed         uint64 // of the order of samples; each epoch has one of its own
	NoShuffle    bool   // take the samples as they come, not in a new order each epoch

	// Either of these makes Fit score the model after each epoch on data that
	// it is not trained on.
	Validation      *Dataset
	ValidationSplit float64 // the last share of the data, as in Keras

	Callbacks  []Callback
	Checkpoint Checkpoint
	Logger     *slog.Logger // is told of epochs, checkpoints and what callbacks do; nil: nobody
}

// An Epoch is what was measured in one pass over the training data.
type Epoch struct {
	Epoch      int // from 1
	Metrics        // over the epoch, each batch before its update
	Validation *Metrics
	Seconds    float64 // of training, without validation
}

// A History lists the epochs that Fit completed.
type History []Epoch

// Fit trains for a number of epochs, in batches of the trainer's BatchSize; the
// last batch of an epoch may be smaller. When ctx is done, Fit ends after the
// batch at hand, or within the validation, and returns the context's error; the
// model keeps what it has learned, and a checkpoint, if there are any, what it
// takes to go on.
//
// The first Fit of a trainer that ResumeTrainer returned goes on where the
// checkpoint was made. It takes the same data and settings, and returns the
// history from the beginning.
func (t *Trainer) Fit(ctx context.Context, d Dataset, c FitConfig) (History, error) {
	n, err := t.validateFit(d, c)
	if err != nil {
		return nil, err
	}
	r := &run{t: t, data: d, config: c, order: make([]int, n)}
	r.pass = r.trainBatches
	return r.fit(ctx)
}

// validateFit returns the number of samples to train on.
func (t *Trainer) validateFit(d Dataset, c FitConfig) (int, error) {
	if err := firstError(d.validate(t.model), c.validate(t.model)); err != nil {
		return 0, err
	}
	n := int(float64(d.X.Len()) * (1 - c.ValidationSplit))
	if n < 1 {
		return 0, fmt.Errorf("%w: a validation split of %v leaves none of %d samples to train on", ErrData, c.ValidationSplit, d.X.Len())
	}
	return n, nil
}

func (c FitConfig) validate(m *Sequential) error {
	if c.Validation != nil {
		if err := c.Validation.validate(m); err != nil {
			return fmt.Errorf("validation: %w", err)
		}
	}
	switch {
	case c.Epochs < 0 || c.InitialEpoch < 0:
		return fmt.Errorf("nn: %d epochs after %d: want at least 0", c.Epochs, c.InitialEpoch)
	case !(c.ValidationSplit >= 0 && c.ValidationSplit < 1):
		return fmt.Errorf("nn: validation split %v: want at least 0 and below 1", c.ValidationSplit)
	case c.ValidationSplit > 0 && c.Validation != nil:
		return errors.New("nn: both a validation set and a validation split")
	}
	return nil
}
