package main

import (
	"context"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/augment"
)

// fit trains and tells of every epoch.
func (a *app) fit(ctx context.Context, t *training, r reporter) (nn.History, error) {
	if t.quiet {
		return t.fit(ctx, nil)
	}
	b := &bar{w: a.stderr}
	defer b.clear()
	first := true
	return t.fit(ctx, append(b.callbacks(), nn.LambdaCallback{OnEpochEnd: func(e nn.Epoch) error {
		told := newEpochReport(e)
		told.first, first = first, false
		return r.report(told)
	}}))
}

// fit trains, and scores the model on the validation set if there is one. If
// there is an average of the weights, it becomes the model.
func (t *training) fit(ctx context.Context, callbacks []nn.Callback) (nn.History, error) {
	config := nn.FitConfig{Epochs: t.epochs, Seed: t.seed, Callbacks: callbacks, Checkpoint: t.checkpoints()}
	if t.validationSet.Len() > 0 {
		d := dataset(t.validationSet, t.classes)
		config.Validation = &d
	}
	if t.patience > 0 {
		config.Callbacks = append(config.Callbacks, nn.EarlyStopping{Patience: t.patience, RestoreBest: true})
	}
	d, err := t.trainData()
	if err != nil {
		return nil, err
	}
	history, err := t.trainer.Fit(ctx, d, config)
	if average := t.trainer.Averaged(); average != nil {
		t.model = average
	}
	return history, err
}

// trainData are the images to train on, which may be others in every epoch.
func (t *training) trainData() (nn.Dataset, error) {
	d := dataset(t.trainSet, t.classes)
	if t.augment.none() {
		return d, nil
	}
	var err error
	d.X, err = augment.New(d.X.(nn.Bytes), t.trainSet.Width, t.augment.Settings, t.seed)
	return d, err
}
