package nn

import (
	"errors"
	"fmt"
	"log/slog"
)

// A Callback takes part in Fit: a [LambdaCallback], [EarlyStopping] or
// [ReduceLROnPlateau]. It is a setting; what it remembers belongs to the call
// of Fit, and is kept in its checkpoints.
type Callback interface {
	// validate fails if a setting is not valid.
	validate(validation bool) error
	// start begins a run.
	start(t *Trainer, log *slog.Logger) hook
}

// A hook is a callback at work.
type hook interface {
	batchEnd(Progress)
	epochEnd(Epoch) error
	end() // Fit is over, whether it was stopped or not
}

// ErrStop, from a callback, ends Fit as if its epochs were over.
var ErrStop = errors.New("nn: stop training")

// Progress is where training stands after a batch.
type Progress struct {
	Epoch, Epochs  int // from 1
	Batch, Batches int // from 1
	Metrics            // of the epoch so far
}

// A LambdaCallback calls functions. Any of them may be nil. What they remember
// is not in checkpoints.
type LambdaCallback struct {
	OnBatchEnd func(Progress)
	OnEpochEnd func(Epoch) error // an error ends Fit; ErrStop ends it without failing
}

func (c LambdaCallback) validate(bool) error               { return nil }
func (c LambdaCallback) start(*Trainer, *slog.Logger) hook { return c }

func (c LambdaCallback) batchEnd(p Progress) {
	if c.OnBatchEnd != nil {
		c.OnBatchEnd(p)
	}
}

func (c LambdaCallback) epochEnd(e Epoch) error {
	if c.OnEpochEnd != nil {
		return c.OnEpochEnd(e)
	}
	return nil
}

func (c LambdaCallback) end() {}

// A keeper is a hook that has something to remember.
type keeper interface {
	hook
	settings() string
	memory() *memory
}

// A memory is what a keeper remembers, and a checkpoint keeps.
type memory struct {
	Best     number    `json:"best"`               // of what is monitored
	Wait     int       `json:"wait"`               // epochs without a better one
	Cooldown int       `json:"cooldown,omitempty"` // epochs during which none are counted
	Epoch    int       `json:"epoch,omitempty"`    // whose weights are kept; 0: none
	weights  []float32 // of that epoch, laid out as the model's
}

// validateCallbacks fails if one cannot be used, and says which.
func validateCallbacks(cs []Callback, validation bool) error {
	for i, c := range cs {
		if c == nil {
			return fmt.Errorf("nn: callback %d is nil", i+1)
		}
		if err := c.validate(validation); err != nil {
			return fmt.Errorf("nn: callback %d: %w", i+1, err)
		}
	}
	return nil
}

// atLeastZero fails unless all of the numbers are finite and at least 0.
func atLeastZero(names []string, xs ...float64) error {
	for i, x := range xs {
		if err := inRange(names[i], x, 0, unbounded); err != nil {
			return err
		}
	}
	return nil
}
