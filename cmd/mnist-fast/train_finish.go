package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
)

// finish saves the model and scores it on the test images.
func (t *training) finish(ctx context.Context, r *trainResult) error {
	if err := t.save(); err != nil {
		return err
	}
	r.Model = t.output
	m, err := t.trainer.Evaluate(ctx, dataset(t.testSet, t.classes))
	if err != nil {
		return t.unscored(err)
	}
	r.TestLoss, r.TestAccuracy = number(m.Loss), number(m.Accuracy)
	return nil
}

// save saves the model if -output names a file.
func (t *training) save() error {
	if t.output == "" {
		return nil
	}
	if err := t.model.SaveFile(t.output); err != nil {
		return fmt.Errorf("-output %s: %w", t.output, err)
	}
	return nil
}

// keep saves what was learned in some epochs before training failed.
func (t *training) keep(failure error, epochs int) error {
	if epochs == 0 || t.output == "" {
		return failure
	}
	if err := t.save(); err != nil {
		return errors.Join(failure, err)
	}
	return fmt.Errorf("%w; the model as it was then is in %s", failure, t.output)
}

// unscored is the error of a signal before all test images were scored.
func (t *training) unscored(err error) error {
	switch {
	case !errors.Is(err, context.Canceled):
		return err
	case t.output == "":
		return errUnscored
	}
	return fmt.Errorf("%w; the model is in %s", errUnscored, t.output)
}

// writePage writes the page that -report names, if any.
func (t *training) writePage(ctx context.Context, h nn.History, r trainResult) error {
	if t.report == "" {
		return nil
	}
	x, err := examine(ctx, t.model, t.testSet, t.trainer.Config())
	if err != nil {
		return t.unscored(err)
	}
	return x.writePage(t.report, append(t.facts(), r.facts()...), h)
}
