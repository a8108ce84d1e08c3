package nn

import (
	"context"
	"errors"
	"fmt"
	"time"
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

	Callbacks []Callback
}

// A Callback is told how training goes. Either function may be nil.
type Callback struct {
	OnBatchEnd func(Progress)
	OnEpochEnd func(Epoch) error // an error ends Fit; ErrStop ends it without failing
}

// ErrStop, from a callback, ends Fit as if its epochs were over.
var ErrStop = errors.New("nn: stop training")

// Progress is where training stands after a batch.
type Progress struct {
	Epoch, Epochs  int // from 1
	Batch, Batches int // from 1; FitStream does not know how many there are: 0
	Metrics            // of the epoch so far
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
// batch at hand and returns the context's error; the model keeps what it has
// learned.
func (t *Trainer) Fit(ctx context.Context, d Dataset, c FitConfig) (History, error) {
	n, err := t.validateFit(d, c)
	if err != nil {
		return nil, err
	}
	order := make([]int, n)
	train := func(epoch int) (Metrics, error) {
		t.arrange(order, c, epoch)
		return t.fitEpoch(ctx, d, c, epoch, order)
	}
	return c.run(train, func() *Metrics { return t.validation(d, c, n) })
}

// run trains epoch after epoch, validates and tells the callbacks.
func (c FitConfig) run(train func(epoch int) (Metrics, error), validate func() *Metrics) (History, error) {
	var history History
	for epoch := c.InitialEpoch + 1; epoch <= c.Epochs; epoch++ {
		start := time.Now()
		metrics, err := train(epoch)
		if err != nil {
			return history, err
		}
		e := Epoch{Epoch: epoch, Metrics: metrics, Seconds: time.Since(start).Seconds()}
		e.Validation = validate()
		history = append(history, e)
		if err := c.epochEnd(e); err != nil {
			if errors.Is(err, ErrStop) {
				err = nil
			}
			return history, err
		}
	}
	return history, nil
}

// validateFit returns the number of samples to train on.
func (t *Trainer) validateFit(d Dataset, c FitConfig) (int, error) {
	if err := firstError(d.validate(t.model), c.validate(t.model)); err != nil {
		return 0, err
	}
	n := int(float64(d.X.Len()) * (1 - c.ValidationSplit))
	if t.config.BatchSize > n {
		return 0, fmt.Errorf("nn: batch size %d is larger than the %d samples to train on", t.config.BatchSize, n)
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

// arrange sets the order of samples of an epoch. It depends on the seed and the
// epoch alone.
func (t *Trainer) arrange(order []int, c FitConfig, epoch int) {
	for i := range order {
		order[i] = i
	}
	if !c.NoShuffle {
		newRandom(c.Seed, shuffleStream+uint64(epoch)).shuffle(order)
	}
}

func (t *Trainer) fitEpoch(ctx context.Context, d Dataset, c FitConfig, epoch int, order []int) (Metrics, error) {
	size := t.config.BatchSize
	p := pass{trainer: t, callbacks: c.Callbacks}
	p.Progress = Progress{Epoch: epoch, Epochs: c.Epochs, Batches: (len(order) + size - 1) / size}
	for at := 0; at < len(order); at += size {
		if err := p.train(ctx, d, order[at:min(at+size, len(order))]); err != nil {
			return Metrics{}, err
		}
	}
	return p.Metrics, nil
}

// A pass is one epoch of training, up to the batch at hand.
type pass struct {
	Progress
	trainer   *Trainer
	callbacks []Callback
	total     metricSum
}

// train trains on the next batch, unless ctx is done.
func (p *pass) train(ctx context.Context, d Dataset, rows []int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.total.add(p.trainer.step.train(d, rows))
	p.Batch++
	p.Metrics = p.total.mean()
	for _, cb := range p.callbacks {
		if cb.OnBatchEnd != nil {
			cb.OnBatchEnd(p.Progress)
		}
	}
	return nil
}

// validation scores the model on the validation data, if there are any; of a
// split, these are the samples from n on.
func (t *Trainer) validation(d Dataset, c FitConfig, n int) *Metrics {
	begin := n
	if c.Validation != nil {
		d, begin = *c.Validation, 0
	}
	if begin == d.X.Len() {
		return nil
	}
	m := t.eval.evaluate(d, begin, d.X.Len())
	return &m
}

func (c FitConfig) epochEnd(e Epoch) error {
	for _, cb := range c.Callbacks {
		if cb.OnEpochEnd != nil {
			if err := cb.OnEpochEnd(e); err != nil {
				return err
			}
		}
	}
	return nil
}
