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
	r, err := t.newRun(d, c)
	if err != nil {
		return nil, err
	}
	err = r.train(ctx)
	if err != nil && errors.Is(err, ctx.Err()) {
		if saveErr := r.saveStep(); saveErr != nil {
			err = fmt.Errorf("%w; and no checkpoint: %w", err, saveErr)
		}
	}
	for _, h := range r.hooks {
		h.end()
	}
	return r.history, err
}

// newRun checks what Fit was called with and starts a run, or the rest of one.
func (t *Trainer) newRun(d Dataset, c FitConfig) (*run, error) {
	n, err := t.validateFit(d, c)
	if err != nil {
		return nil, err
	}
	r := &run{t: t, data: d, config: c, log: c.Logger, epoch: c.InitialEpoch + 1, order: make([]int, n)}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if err := firstError(validateCallbacks(c.Callbacks, r.validates()), c.Checkpoint.validate(r.validates())); err != nil {
		return nil, err
	}
	for _, cb := range c.Callbacks {
		r.hooks = append(r.hooks, cb.start(t, r.log))
	}
	r.best = c.Checkpoint.Monitor.worst()
	if c.Checkpoint.Dir != "" || t.saved != nil {
		r.identity = r.identify()
	}
	if t.saved != nil {
		if err := r.resume(t.saved); err != nil {
			return nil, err
		}
	}
	if err := c.Checkpoint.open(t.saved != nil, t.step.steps); err != nil {
		return nil, err
	}
	t.saved = nil
	return r, nil
}

// validateFit returns the number of samples to train on.
func (t *Trainer) validateFit(d Dataset, c FitConfig) (int, error) {
	if err := d.validate(t.model); err != nil {
		return 0, err
	}
	if c.Validation != nil {
		if err := c.Validation.validate(t.model); err != nil {
			return 0, fmt.Errorf("validation: %w", err)
		}
	}
	n := d.X.Len()
	switch {
	case c.Epochs < 0 || c.InitialEpoch < 0:
		return 0, fmt.Errorf("nn: %d epochs after %d: want at least 0", c.Epochs, c.InitialEpoch)
	case !(c.ValidationSplit >= 0 && c.ValidationSplit < 1):
		return 0, fmt.Errorf("nn: validation split %v: want at least 0 and below 1", c.ValidationSplit)
	case c.ValidationSplit > 0 && c.Validation != nil:
		return 0, errors.New("nn: both a validation set and a validation split")
	}
	n = int(float64(n) * (1 - c.ValidationSplit))
	if t.config.BatchSize > n {
		return 0, fmt.Errorf("nn: batch size %d is larger than the %d samples to train on", t.config.BatchSize, n)
	}
	return n, nil
}
