package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"github.com/urfave/cli/v3"
)

const trainHelp = `Without flags this is the reference run: MNIST, layers of
256, 128 and 10, Adam, 10 epochs in batches of 32. The same
seed gives the same weights, bit for bit, on every machine.

Ctrl-C ends training early and keeps what was learned.

Examples:
  mnist-fast train -output digits.model
  mnist-fast train -epochs 3 -hidden 512,256 -validation 0.1
  mnist-fast train -optimizer sgd -lr 0.1 -batch 64
  mnist-fast train -validation 0.1 -report digits.html
  mnist-fast train -hidden none -data fashion-mnist
  mnist-fast train -json > run.jsonl`

var errInterrupted = errors.New("interrupted: training ended early")

func (a *app) trainCommand() *cli.Command {
	o := referenceRun()
	return &cli.Command{
		Name:        "train",
		Usage:       "Train a model. (This is the default command.)",
		UsageText:   "mnist-fast [train] [FLAGS]",
		Description: trainHelp,
		Flags:       o.flags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			t, err := newTraining(c, o)
			if err != nil {
				return err
			}
			defer t.trainer.Close()
			return a.train(ctx, t)
		},
	}
}

// A training is all that it takes to train.
type training struct {
	*trainOptions
	trainSet, validationSet, testSet mnist.Set
	classes                          int
	model                            *nn.Sequential
	trainer                          *nn.Trainer
}

// newTraining checks the options, cheap things first, and reads the data.
func newTraining(c *cli.Command, o *trainOptions) (*training, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	optimizer, err := o.optimizer.optimizer(c)
	if err != nil {
		return nil, err
	}
	tier, err := chooseTier(c, o.tier)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(tryOutput("-output", o.output), tryOutput("-report", o.report)); err != nil {
		return nil, err
	}
	t := &training{trainOptions: o}
	if err := t.loadData(c); err != nil {
		return nil, err
	}
	config, err := t.complete(c, nn.Config{Loss: o.loss, Optimizer: optimizer, Workers: o.workers, Tier: tier})
	if err != nil {
		return nil, err
	}
	return t, t.build(config)
}

// chooseTier is kernels.Choose with an error for users.
func chooseTier(c *cli.Command, name string) (kernels.Tier, error) {
	tier, err := kernels.Choose(name)
	if err == nil {
		return tier, nil
	}
	if name == "" || name == kernels.Auto.String() {
		return 0, misusef(c, "environment variable %s: %w", kernels.TierEnv, err)
	}
	return 0, misusef(c, "-tier: %w", err)
}

func (t *training) loadData(c *cli.Command) error {
	data, err := loadData(t.data)
	if err != nil {
		return err
	}
	t.testSet, t.classes = data.Test, data.Classes
	if t.trainSet, t.validationSet, err = split(data.Train, t.validation); err != nil {
		return misuse{err, c.FullName()}
	}
	return nil
}

// complete fills in the batch size and checks what the data decide about.
func (t *training) complete(c *cli.Command, config nn.Config) (nn.Config, error) {
	var err error
	if config.BatchSize, err = t.batchSize(c, t.trainSet.Len()); err != nil {
		return config, err
	}
	return config, checkMemory(c, t.trainSet.Features(), config, t.layers(t.classes))
}

// build makes the model and its trainer.
func (t *training) build(config nn.Config) (err error) {
	if t.model, err = nn.NewSequential(t.trainSet.Features(), t.seed, t.layers(t.classes)...); err != nil {
		return err
	}
	t.trainer, err = nn.NewTrainer(t.model, config)
	return err
}

// train trains, scores and saves the model, and tells about it.
func (a *app) train(ctx context.Context, t *training) error {
	r := newReporter(a.stdout, t.json)
	if !t.json && !t.quiet {
		if err := r.report(t.settings()); err != nil {
			return err
		}
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	start := time.Now()
	history, fitErr := a.fit(ctx, t, r)
	interrupted := ctx.Err() != nil && errors.Is(fitErr, ctx.Err())
	if fitErr != nil && !interrupted {
		return fitErr
	}
	result := t.result(history)
	result.Interrupted = interrupted
	result.TrainSeconds = number(time.Since(start).Seconds())
	if err := t.finish(&result); err != nil {
		return err
	}
	result.TotalSeconds = number(time.Since(a.start).Seconds())
	if err := t.writePage(history, result); err != nil {
		return err
	}
	if err := r.report(result); err != nil {
		return err
	}
	if interrupted {
		return errInterrupted
	}
	return nil
}

// untilSignal returns a context that ends with the first signal to end the
// program. A second one ends the program.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// fit trains and tells of every epoch.
func (a *app) fit(ctx context.Context, t *training, r reporter) (nn.History, error) {
	if t.quiet {
		return t.fit(ctx, nil)
	}
	b := &bar{w: a.stderr}
	defer b.clear()
	return t.fit(ctx, append(b.callbacks(), nn.LambdaCallback{
		OnEpochEnd: func(e nn.Epoch) error { return r.report(newEpochReport(e)) },
	}))
}

// fit trains, and scores the model on the validation set if there is one.
func (t *training) fit(ctx context.Context, callbacks []nn.Callback) (nn.History, error) {
	config := nn.FitConfig{Epochs: t.epochs, Seed: t.seed, Callbacks: callbacks}
	if t.validationSet.Len() > 0 {
		d := dataset(t.validationSet, t.classes)
		config.Validation = &d
	}
	return t.trainer.Fit(ctx, dataset(t.trainSet, t.classes), config)
}

// finish scores the model on the test images and saves it.
func (t *training) finish(r *trainResult) error {
	// Not with the context of training, which may have been interrupted.
	m, err := t.trainer.Evaluate(context.Background(), dataset(t.testSet, t.classes))
	if err != nil {
		return err
	}
	r.TestLoss, r.TestAccuracy = number(m.Loss), number(m.Accuracy)
	if t.output == "" {
		return nil
	}
	if err := t.model.SaveFile(t.output); err != nil {
		return fmt.Errorf("-output %s: %w", t.output, err)
	}
	r.Model = t.output
	return nil
}

// writePage writes the page that -report names, if any.
func (t *training) writePage(h nn.History, r trainResult) error {
	if t.report == "" {
		return nil
	}
	x, err := examine(context.Background(), t.model, t.testSet, t.trainer.Config())
	if err != nil {
		return err
	}
	return x.writePage(t.report, append(t.facts(), r.facts()...), h)
}
