package nn

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// A run is a call of Fit, or the rest of one that a checkpoint was made of.
type run struct {
	t        *Trainer
	data     Dataset
	config   FitConfig
	log      *slog.Logger
	identity identity // if there are checkpoints
	hooks    []hook
	order    []int // of the samples in the epoch at hand

	epoch   int       // at hand, from 1
	batch   int       // batches of it that are done
	total   metricSum // of these
	begin   time.Time // of the epoch; later by the time between a checkpoint and going on
	history History
	stopped bool
	best    number // of the epochs, for checkpoints
}

func (r *run) train(ctx context.Context) error {
	for !r.stopped && r.epoch <= r.config.Epochs {
		if r.batch == 0 {
			r.begin = time.Now()
		}
		r.arrange()
		if err := r.trainBatches(ctx); err != nil {
			return err
		}
		if err := r.endEpoch(ctx); err != nil {
			return err
		}
	}
	return nil
}

// arrange sets the order of samples of an epoch. It depends on the seed and the
// epoch alone.
func (r *run) arrange() {
	for i := range r.order {
		r.order[i] = i
	}
	if !r.config.NoShuffle {
		newRandom(r.config.Seed, shuffleStream+uint64(r.epoch)).shuffle(r.order)
	}
}

func (r *run) batches() int {
	size := r.t.config.BatchSize
	return (len(r.order) + size - 1) / size
}

// trainBatches trains on what is left of the epoch's batches.
func (r *run) trainBatches(ctx context.Context) error {
	size := r.t.config.BatchSize
	p := Progress{Epoch: r.epoch, Epochs: r.config.Epochs, Batches: r.batches()}
	data := r.data.in(r.epoch)
	defer r.t.step.ahead.forget()
	for r.batch < p.Batches {
		if err := ctx.Err(); err != nil {
			return err
		}
		at := r.batch * size
		rest := r.order[min(at+size, len(r.order)):]
		r.total.add(r.t.step.train(data, r.order[at:len(r.order)-len(rest)], rest[:min(size, len(rest))]))
		r.batch++
		p.Batch, p.Metrics = r.batch, r.total.mean()
		for _, h := range r.hooks {
			h.batchEnd(p)
		}
		if r.batch < p.Batches && r.stepDue() {
			if err := r.saveStep(); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// endEpoch scores the model, tells what the epoch was like and gets ready for
// the next.
func (r *run) endEpoch(ctx context.Context) error {
	e := Epoch{Epoch: r.epoch, Metrics: r.total.mean(), Seconds: time.Since(r.begin).Seconds()}
	var err error
	if e.Validation, err = r.validate(ctx); err != nil {
		return err
	}
	r.history = append(r.history, e)
	r.logEpoch(e)
	if err := r.tell(e); err != nil {
		return err
	}
	r.epoch, r.batch, r.total = r.epoch+1, 0, metricSum{}
	return r.saveEpoch(e)
}

// tell calls the callbacks. All are told of an epoch, even if one of them wants
// to stop.
func (r *run) tell(e Epoch) error {
	for _, h := range r.hooks {
		err := h.epochEnd(e)
		if err != nil && !errors.Is(err, ErrStop) {
			return err
		}
		r.stopped = r.stopped || err != nil
	}
	return nil
}

// held returns the data to validate on: those from a sample on.
func (r *run) held() (d Dataset, from int) {
	if r.config.Validation != nil {
		return *r.config.Validation, 0
	}
	return r.data, len(r.order)
}

func (r *run) validates() bool {
	d, from := r.held()
	return from < d.X.Len()
}

func (r *run) validate(ctx context.Context) (*Metrics, error) {
	if !r.validates() {
		return nil, nil
	}
	d, from := r.held()
	m, err := r.t.evaluator().evaluate(ctx, d, from, d.X.Len())
	return &m, err
}

func (r *run) logEpoch(e Epoch) {
	attrs := []any{"epoch", e.Epoch, "loss", e.Loss, "accuracy", e.Accuracy}
	if e.Validation != nil {
		attrs = append(attrs, "val_loss", e.Validation.Loss, "val_accuracy", e.Validation.Accuracy)
	}
	r.log.Info("epoch", append(attrs, "seconds", e.Seconds)...)
}
