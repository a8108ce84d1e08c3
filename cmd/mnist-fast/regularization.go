package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/page"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

// A regularization is what flags say against over-fitting and for stable training.
type regularization struct {
	l1, l2                float64
	dropout, inputDropout float64
	labelSmoothing        float64
	augment               augmentation
	patience              int // of early stopping; 0: none

	schedule string
	warmup   float64 // in epochs
	clipNorm float64
	ema      float64
}

func (r *regularization) flags() []cli.Flag {
	return []cli.Flag{
		flag("l1", "X\nadd X times the sum of |weight| to the loss", &r.l1, nonNegative),
		flag("l2", "X\nadd X times the sum of weight² to the loss", &r.l2, nonNegative),
		flag("dropout", "SHARE\nleave out this share of the hidden units in each\nstep, at random", &r.dropout, share),
		flag("input-dropout", "SHARE\nleave out this share of the pixels in each step", &r.inputDropout, share),
		flag("label-smoothing", "S\ngive S of the labels' 1 to all classes alike", &r.labelSmoothing, share),
		flag("augment", augmentHelp, &r.augment, parseAugmentation),
		flag("ema", "M\nmomentum of a moving average of the weights, as\n0.999: it is what is scored and saved", &r.ema, share),
	}
}

// rateFlags are those about the steps of the optimizer.
func (r *regularization) rateFlags() []cli.Flag {
	return []cli.Flag{
		flag("schedule", scheduleHelp, &r.schedule, oneOf(scheduleNames)),
		flag("warmup", "EPOCHS\nrise to the learning rate in so many epochs", &r.warmup, nonNegative),
		flag("clip-norm", "X\nscale gradients to a norm of at most X, that of all\nlayers together", &r.clipNorm, nonNegative),
	}
}

// checkRegularization fails if a flag has no effect or cannot have it.
func (o *trainOptions) checkRegularization(c *cli.Command) error {
	switch {
	case o.dropout > 0 && len(o.hidden) == 0:
		return misusef(c, "-dropout %v: there are no hidden layers", o.dropout)
	case o.labelSmoothing > 0 && o.loss != nn.CategoricalCrossentropy:
		return misusef(c, "-label-smoothing %v goes with -loss %v", o.labelSmoothing, nn.CategoricalCrossentropy)
	case o.epochs > 0 && o.warmup > float64(o.epochs):
		return misusef(c, "-warmup %v: there are only %d epochs", o.warmup, o.epochs)
	case o.patience > 0 && o.validation == 0:
		return misusef(c, "-early-stopping %d: -validation SHARE is missing", o.patience)
	}
	return nil
}

// regularize gives the settings of a run of so many steps an epoch what the
// flags say.
func (o *trainOptions) regularize(config nn.Config, stepsPerEpoch int) nn.Config {
	warmup := int(math.Round(min(o.warmup, float64(o.epochs)) * float64(stepsPerEpoch)))
	config.Schedule = newSchedule(o.schedule, rateOf(config.Optimizer), o.epochs*stepsPerEpoch, warmup)
	config.InputDropout = float32(o.inputDropout)
	config.LabelSmoothing = o.labelSmoothing
	config.GlobalClipNorm = o.clipNorm
	config.EMA, config.EvaluateAverage = o.ema, o.ema > 0
	return config
}

// words are flags and their values, without those that are 0.
func words(parameters ...parameter) []string {
	var texts []string
	for _, p := range parameters {
		if *p.at != 0 {
			texts = append(texts, fmt.Sprintf("%s=%v", p.flag, *p.at))
		}
	}
	return texts
}

// lossWords are what is beside the name of the loss.
func (r *regularization) lossWords() []string {
	return words(parameter{"label-smoothing", &r.labelSmoothing}, parameter{"l1", &r.l1}, parameter{"l2", &r.l2})
}

// stepWords are what is beside the optimizer.
func (r *regularization) stepWords() []string {
	texts := words(parameter{"warmup", &r.warmup}, parameter{"clip-norm", &r.clipNorm}, parameter{"ema", &r.ema})
	if r.schedule != scheduleNames[0] {
		texts = slices.Insert(texts, 0, "schedule="+r.schedule)
	}
	return texts
}

// allWords are all flags, for a single line.
func (r *regularization) allWords() []string {
	texts := slices.Concat(r.lossWords(), r.stepWords(), words(parameter{"dropout", &r.dropout}, parameter{"input-dropout", &r.inputDropout}))
	if !r.augment.none() {
		texts = append(texts, "augment="+r.augment.String())
	}
	return texts
}

// facts are the settings that have lines of their own, for people.
func (r *regularization) facts() []page.Fact {
	var facts []page.Fact
	add := func(name string, texts ...string) {
		if len(texts) > 0 {
			facts = append(facts, page.Fact{Name: name, Value: strings.Join(texts, " ")})
		}
	}
	add("steps", r.stepWords()...)
	add("dropout", words(parameter{"hidden", &r.dropout}, parameter{"inputs", &r.inputDropout})...)
	if !r.augment.none() {
		add("augment", r.augment.String())
		add("accuracy", "in training is that on augmented images")
	}
	if r.patience > 0 {
		add("stopping", fmt.Sprintf("after %d epochs without a lower validation loss", r.patience))
	}
	return facts
}
