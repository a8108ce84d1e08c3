package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A runReport tells of one training of a comparison.
type runReport struct {
	Run      int           `json:"run"` // from 1
	Runs     int           `json:"runs"`
	Setting  string        `json:"setting"`
	Seed     uint64        `json:"seed"`
	Steps    int           `json:"steps"`
	Accuracy number        `json:"accuracy"` // of the last epoch, on what scores are on
	Loss     number        `json:"loss"`
	Seconds  number        `json:"seconds"` // of training, without scoring
	Weights  string        `json:"weights_sha256"`
	Epochs   []epochReport `json:"epochs"`
}

// compare trains with all settings, tells of each when it is done, and
// concludes.
func (a *app) compare(ctx context.Context, p *comparison) error {
	r := newReporter(a.stdout, p.json)
	if !p.json {
		if err := r.report(compareHead{p}); err != nil {
			return err
		}
	}
	ctx, stop := a.untilSignal(ctx)
	defer stop()
	var done []summary
	for i := range p.settings {
		runs, err := a.runSetting(ctx, p, i, r)
		if len(runs) > 0 {
			s := p.summarize(p.settings[i], runs)
			done = append(done, s)
			if err := r.report(s); err != nil {
				return err
			}
		}
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return a.conclude(p, done, true, r)
		}
		if err != nil {
			return err
		}
	}
	return a.conclude(p, done, false, r)
}

// runSetting trains from every seed. It returns the runs that are complete, with
// an error too.
func (a *app) runSetting(ctx context.Context, p *comparison, at int, r reporter) ([]runReport, error) {
	var runs []runReport
	for i := range p.seeds {
		run, err := a.runSeed(ctx, p, at, i)
		if err != nil {
			return runs, err
		}
		runs = append(runs, run)
		if p.json {
			if err := r.report(run); err != nil {
				return runs, err
			}
		}
	}
	return runs, nil
}

// runSeed trains one model, and scores it after every epoch.
func (a *app) runSeed(ctx context.Context, p *comparison, at, i int) (runReport, error) {
	s := p.settings[at]
	run := runReport{
		Run: at*p.seeds + i + 1, Runs: len(p.settings) * p.seeds, Setting: s.name(), Seed: p.seedOf(i),
	}
	t := p.training(s, run.Seed)
	if err := t.build(s.config); err != nil {
		return run, err
	}
	defer t.trainer.Close()
	b := &bar{w: a.stderr, title: fmt.Sprintf("run %d/%d, %s, seed %d, ", run.Run, run.Runs, run.Setting, run.Seed)}
	defer b.clear()
	history, err := t.fit(ctx, b.callbacks())
	if err != nil {
		return run, err
	}
	run.add(history)
	run.Steps = len(history) * ((t.trainSet.Len() + s.config.BatchSize - 1) / s.config.BatchSize)
	run.Weights = t.model.SHA256()
	return run, nil
}

func (r *runReport) add(h nn.History) {
	for _, e := range h {
		r.Epochs = append(r.Epochs, newEpochReport(e))
		r.Seconds += number(e.Seconds)
		r.Accuracy, r.Loss = number(e.Validation.Accuracy), number(e.Validation.Loss)
	}
}

// text is not shown: people see the summary of a setting.
func (r runReport) text() string { return "" }
