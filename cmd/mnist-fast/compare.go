package main

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/chart"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

const compareHelp = `It trains the same model with several settings, each from
several seeds, and tells how good each is and how long it
takes. Unless lists tell otherwise, the optimizers differ.
With several lists it tries every combination.

Scores are on images held back from training. Do not choose
by the test images: what was chosen by them does not tell
how well it does on images it has never seen.

Ctrl-C ends it early and keeps the runs that are complete.

Examples:
  mnist-fast compare -plot optimizers.png
  mnist-fast compare -activation relu,tanh,sigmoid
  mnist-fast compare -optimizer adam,sgd -lr 0.1,0.01,0.001
  mnist-fast compare -hidden 64,256-128,512-256 -seeds 5
  mnist-fast compare -batch 16,64,256 -json > batches.jsonl`

// compareOptions are what the flags of "compare" set.
type compareOptions struct {
	*trainOptions // of every run, but for the lists

	optimizers  list[string]
	activations list[nn.Activation]
	rates       list[float64]
	stacks      list[sizes]
	batches     list[int]

	seeds int
	test  bool
	plot  string
}

func (a *app) compareCommand() *cli.Command {
	o := &compareOptions{trainOptions: referenceRun(), seeds: 3}
	o.validation = 0.1
	return &cli.Command{
		Name:        "compare",
		Usage:       "Train with several settings and compare them.",
		UsageText:   "mnist-fast compare [FLAGS]",
		Description: compareHelp,
		Flags:       o.flags(),
		Action: func(ctx context.Context, c *cli.Command) error {
			cmp, err := newComparison(c, o)
			if err != nil {
				return err
			}
			return a.compare(ctx, cmp)
		},
	}
}

func (o *compareOptions) flags() []cli.Flag {
	names := nn.Optimizers()
	return slices.Concat(
		section("Lists, separated by commas",
			flag("optimizer", "NAMES\n"+strings.Join(names, ", ")+"\n(adam; all of them, if nothing else differs)", &o.optimizers, listOf(oneOf(names))),
			flag("activation", "NAMES\nof hidden layers: relu, sigmoid, tanh, linear,\nsoftmax (relu)", &o.activations, listOf(nn.ParseActivation)),
			flag("lr", "RATES\nlearning rates (0.001; of sgd, momentum and\nnesterov 0.01; of gd 0.1)", &o.rates, listOf(nonNegative)),
			flag("hidden", "SIZES\nhidden layers, as 64,256-128: one layer of 64, or\none of 256 and one of 128; none for no such layer\n(256-128)", &o.stacks, listOf(parseStack)),
			flag("batch", "SIZES\nimages for a step (32; all of them for gd)", &o.batches, listOf(integer(1, math.MaxInt32))),
		),
		section("Scores",
			flag("validation", "SHARE\nscore on this share of the training images, their\nlast, and train on the others", &o.validation, share),
			boolFlag("test", "train on all training images and score on the test\nimages: to report a choice, not to make it", &o.test),
			dataFlag(&o.data), trainImagesFlag(&o.trainImages),
		),
		section("Regularization, in all runs", append(o.regularization.flags(), o.rateFlags()...)...),
		section("Training",
			flag("epochs", "N\npasses over the training images", &o.epochs, integer(1, math.MaxInt32)),
			flag("seeds", "N\nruns of each setting", &o.seeds, integer(1, math.MaxInt32)),
			flag("seed", "N\nof the first run; the others have the next ones", &o.seed, parseSeed),
			workersFlag(&o.workers),
			tierFlag(&o.tier),
		),
		section("Output",
			flag("plot", "FILE\ndraw the learning curves: FILE.png or FILE.svg", &o.plot, nonEmpty),
			jsonFlag(&o.json),
		),
	)
}

// parseStack parses the sizes of one model's hidden layers, as 256-128.
func parseStack(s string) (sizes, error) {
	stack := sizes{}
	if s == "none" {
		return stack, nil
	}
	for i, size := range strings.Split(s, "-") {
		n, err := integer(1, maxUnits)(size)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w, or none for no layer", i+1, err)
		}
		stack = append(stack, n)
	}
	return stack, nil
}

// A comparison is all that it takes to compare.
type comparison struct {
	*compareOptions
	base     *training // its data and tier
	settings []setting
	fixed    []string // what all settings have in common
	format   string   // of the plot
}

// newComparison checks the options, cheap things first, and reads the data.
func newComparison(c *cli.Command, o *compareOptions) (*comparison, error) {
	if err := noArguments(c); err != nil {
		return nil, err
	}
	p := &comparison{compareOptions: o, base: &training{trainOptions: o.trainOptions}}
	p.combine()
	p.fixed = append(p.fixed, o.allWords()...)
	if err := o.checkRegularization(c); err != nil {
		return nil, err
	}
	if err := p.checkScores(c); err != nil {
		return nil, err
	}
	if err := p.checkPlot(c); err != nil {
		return nil, err
	}
	tier, err := chooseTier(c, o.tier)
	if err != nil {
		return nil, err
	}
	if err := p.base.loadData(c); err != nil {
		return nil, err
	}
	if o.test {
		p.base.validationSet = p.base.testSet
	}
	for i := range p.settings {
		s := &p.settings[i]
		s.config.Loss, s.config.Workers, s.config.Tier = o.loss, o.workers, tier
		if s.config, err = p.training(*s, o.seed).complete(c, s.config); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// checkScores finds out what to score on.
func (p *comparison) checkScores(c *cli.Command) error {
	switch {
	case p.test && c.IsSet("validation"):
		return misusef(c, "both -test and -validation: scores are on one or the other")
	case p.test:
		p.validation = 0
	case p.validation == 0:
		return misusef(c, "-validation 0: there would be no images to score on")
	}
	return nil
}

// checkPlot fails if the plot cannot be drawn or written.
func (p *comparison) checkPlot(c *cli.Command) (err error) {
	if p.plot == "" {
		return nil
	}
	if p.format, err = chart.Format(p.plot); err != nil {
		return misusef(c, "-plot %s: %w", p.plot, err)
	}
	if len(p.settings) > chart.MaxLines() {
		return misusef(c, "-plot: nobody can tell %d lines apart; the limit is %d", len(p.settings), chart.MaxLines())
	}
	return tryOutput("-plot", p.plot)
}

// training is one run: the data of all, and options of its own.
func (p *comparison) training(s setting, seed uint64) *training {
	t := *p.base
	o := s.options
	o.seed = seed
	t.trainOptions = &o
	return &t
}

// seedOf returns the seed of run i of a setting.
func (p *comparison) seedOf(i int) uint64 { return p.seed + uint64(i) }
