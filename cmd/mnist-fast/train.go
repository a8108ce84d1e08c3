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

Ctrl-C ends training early and keeps what was learned. With
-checkpoint, the same flags and -resume go on with it.

Examples:
  mnist-fast train -output digits.model
  mnist-fast train -epochs 3 -hidden 512,256 -validation 0.1
  mnist-fast train -optimizer sgd -lr 0.1 -batch 64
  mnist-fast train -preset accurate
  mnist-fast train -preset simard -checkpoint simard
  mnist-fast train -preset simard -checkpoint simard -resume
  mnist-fast train -validation 0.1 -report digits.html
  mnist-fast train -hidden none -data fashion-mnist
  mnist-fast train -json > run.jsonl`

var (
	errInterrupted = errors.New("interrupted")
	errEndedEarly  = fmt.Errorf("%w: training ended early", errInterrupted)
	errUnscored    = fmt.Errorf("%w: not all test images were scored", errInterrupted)
)

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
	settings                         map[string]string // the flags that decide about the weights
	latest                           string            // the checkpoint to go on from; "": from the beginning
	model                            *nn.Sequential
	trainer                          *nn.Trainer
}

// newTraining checks the options, cheap things first, and reads the data.
func newTraining(c *cli.Command, o *trainOptions) (*training, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	if err := o.settle(c); err != nil {
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
	if err := o.requireApart(c); err != nil {
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
	t.settings = decisive(c)
	if err := t.openCheckpoints(c); err != nil {
		return nil, err
	}
	return t, t.build(config)
}

// settle applies the preset and checks what the flags say together.
func (o *trainOptions) settle(c *cli.Command) error {
	if err := applyPreset(c, o.preset); err != nil {
		return err
	}
	if o.resume && o.checkpoint == "" {
		return misusef(c, "-resume: -checkpoint DIR is missing")
	}
	return o.checkRegularization(c)
}

// requireApart fails if what is written would replace something else that is.
func (o *trainOptions) requireApart(c *cli.Command) error {
	if err := requireApart(c, "-output", o.output, "-report", o.report); err != nil {
		return err
	}
	if err := o.requireNoCheckpoint(c, "-output", o.output); err != nil {
		return err
	}
	return o.requireNoCheckpoint(c, "-report", o.report)
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
	if n := data.Train.Len(); t.trainImages > n {
		return misusef(c, "-train-images %d: there are only %d", t.trainImages, n)
	}
	if t.trainImages > 0 {
		data.Train = data.Train.Slice(0, t.trainImages)
	}
	if t.trainSet, t.validationSet, err = split(data.Train, t.validation); err != nil {
		return misuse{err, c.FullName()}
	}
	return nil
}

// complete fills in what depends on the batch size and checks what the data
// decide about.
func (t *training) complete(c *cli.Command, config nn.Config) (nn.Config, error) {
	var err error
	if t.batch, err = t.batchSize(c, t.trainSet.Len()); err != nil {
		return config, err
	}
	config.BatchSize = t.batch
	config = t.regularize(config, (t.trainSet.Len()+t.batch-1)/t.batch)
	return config, checkMemory(c, t.trainSet.Features(), config, t.layers(t.classes))
}

// build makes the model and its trainer, or takes them from a checkpoint.
func (t *training) build(config nn.Config) (err error) {
	config.Seed = t.seed
	if t.latest != "" {
		return t.resumeTrainer(config)
	}
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
		if err := r.report(trainHead{t}); err != nil {
			return err
		}
	}
	untilSignal, stop := a.untilSignal(ctx)
	defer stop()
	start := time.Now()
	history, fitErr := a.fit(untilSignal, t, r)
	interrupted := untilSignal.Err() != nil && errors.Is(fitErr, untilSignal.Err())
	if fitErr != nil && !interrupted {
		return t.keep(fitErr, len(history))
	}
	result := t.result(history)
	result.Interrupted = interrupted
	result.TrainSeconds = number(time.Since(start).Seconds())
	scoring := untilSignal
	if interrupted {
		scoring = context.WithoutCancel(ctx)
	}
	if err := t.finish(scoring, &result); err != nil {
		return err
	}
	result.TotalSeconds = number(time.Since(a.start).Seconds())
	if err := t.writePage(scoring, history, result); err != nil {
		return err
	}
	if err := r.report(result); err != nil {
		return err
	}
	switch {
	case interrupted && t.checkpoint != "":
		return fmt.Errorf("%w; the same flags and -resume go on with it", errEndedEarly)
	case interrupted:
		return errEndedEarly
	}
	return nil
}

// untilSignal returns a context that ends with the first signal to end the
// program, and tells so on a terminal, as a batch may take long. A second signal ends the
// program.
func (a *app) untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		if context.Cause(ctx) != context.Canceled && isTerminal(a.stderr) {
			fmt.Fprintln(a.stderr, "\nending after this batch; Ctrl-C again ends at once")
		}
	})
	return ctx, stop
}
