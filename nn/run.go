package nn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// A run is a call of Fit or FitStream, or the rest of one that a checkpoint was
// made of.
type run struct {
	t        *Trainer
	data     Dataset // of a stream: empty
	config   FitConfig
	pass     func(context.Context) error // trains on what is left of the epoch at hand
	log      *slog.Logger
	identity identity // if there are checkpoints
	hooks    []hook
	order    []int // of the samples in the epoch at hand; of a stream: nil

	epoch   int       // at hand, from 1
	batch   int       // batches of it that are done
	total   metricSum // of these
	begin   time.Time // of the epoch; later by the time between a checkpoint and going on
	history History
	stopped bool
	best    number // of the epochs, for checkpoints
}

// fit does what Fit was called for, or the rest of it.
func (r *run) fit(ctx context.Context) (History, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	err := r.train(ctx)
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

// open gets ready, at the beginning or where a checkpoint was made.
func (r *run) open() error {
	t, c := r.t, r.config
	r.epoch, r.log = c.InitialEpoch+1, c.Logger
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if err := firstError(validateCallbacks(c.Callbacks, r.validates()), c.Checkpoint.validate(r.validates())); err != nil {
		return err
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
			return err
		}
	}
	if err := c.Checkpoint.open(t.saved != nil, t.step.batches()); err != nil {
		return err
	}
	t.saved = nil
	return nil
}

func (r *run) train(ctx context.Context) error {
	for !r.stopped && r.epoch <= r.config.Epochs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if r.batch == 0 {
			r.begin = time.Now()
		}
		if err := r.pass(ctx); err != nil {
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

// batchesOf is the number of batches that samples make.
func (r *run) batchesOf(samples int) int {
	size := r.t.config.BatchSize
	return (samples + size - 1) / size
}

// trainBatches trains on what is left of the batches of Fit's data.
func (r *run) trainBatches(ctx context.Context) error {
	r.arrange()
	size := r.t.config.BatchSize
	data := r.data.in(r.epoch)
	defer r.t.step.ahead.forget()
	for at := r.batch * size; at < len(r.order); at += size {
		rest := r.order[min(at+size, len(r.order)):]
		rows, next := r.order[at:len(r.order)-len(rest)], rest[:min(size, len(rest))]
		if err := r.trainBatch(ctx, data, rows, next); err != nil {
			return err
		}
	}
	return nil
}

// trainBatch trains on a batch, to be followed by the one in next, if that is known;
// it tells how that went, and saves a checkpoint if one is due and the epoch is not
// known to be over.
func (r *run) trainBatch(ctx context.Context, d Dataset, rows, next []int) error {
	r.total.add(r.t.step.train(d, rows, next))
	r.batch++
	p := Progress{
		Epoch: r.epoch, Epochs: r.config.Epochs,
		Batch: r.batch, Batches: r.batchesOf(len(r.order)), Metrics: r.total.mean(),
	}
	for _, h := range r.hooks {
		h.batchEnd(p)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.batch != p.Batches && r.stepDue() {
		return r.saveStep()
	}
	return nil
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
