package main

import (
	"context"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

const evalHelp = `Examples:
  mnist-fast eval -model digits.model
  mnist-fast eval -model digits.model -report digits.html
  mnist-fast eval -model fashion.model -data fashion-mnist

To have the learning curves in the report:
  mnist-fast train -json -output digits.model > run.jsonl
  mnist-fast eval -model digits.model -history run.jsonl \
        -report digits.html`

type evalOptions struct {
	model, data     string
	loss            nn.Loss
	report, history string
	json            bool
}

func (a *app) evalCommand() *cli.Command {
	o := &evalOptions{}
	return &cli.Command{
		Name:        "eval",
		Usage:       "Score a model on the test images.",
		UsageText:   "mnist-fast eval -model FILE [FLAGS]",
		Description: evalHelp,
		Flags: section("Flags", modelFlag(&o.model), dataFlag(&o.data), lossFlag(&o.loss), reportFlag(&o.report),
			flag("history", "FILE\nwhat mnist-fast train -json wrote when it trained\nthe model: learning curves for the report", &o.history, nonEmpty),
			jsonFlag(&o.json)),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			if o.history != "" && o.report == "" {
				return misusef(c, "-history is for a report: -report FILE.html is missing")
			}
			return a.eval(ctx, c, o)
		},
	}
}

func (a *app) eval(ctx context.Context, c *cli.Command, o *evalOptions) error {
	if err := tryOutput("-report", o.report); err != nil {
		return err
	}
	if err := requireApart(c, "-model", o.model, "-report", o.report); err != nil {
		return err
	}
	m, err := loadModel(c, o.model)
	if err != nil {
		return err
	}
	data, err := loadData(o.data)
	if err != nil {
		return err
	}
	if err := checkFit(m, o.model, data); err != nil {
		return err
	}
	tier, err := chooseTier(c, "")
	if err != nil {
		return err
	}
	var history nn.History
	if o.history != "" {
		if history, err = readHistory(o.history, m.SHA256()); err != nil {
			return err
		}
	}
	start := time.Now()
	config := nn.Config{Loss: o.loss, Tier: tier}
	metrics, err := m.Evaluate(ctx, dataset(data.Test, m.Outputs()), config)
	if err != nil {
		return err
	}
	x, err := examine(ctx, m, data.Test, config)
	if err != nil {
		return err
	}
	r := evalReport{
		Model: o.model, TestLoss: number(metrics.Loss), TestAccuracy: number(metrics.Accuracy), Images: metrics.Samples,
		Seconds: number(time.Since(start).Seconds()), Weights: m.SHA256(), Page: o.report, data: dataName(o.data), layers: describeModel(m),
	}
	r.add(x.scores)
	if o.report != "" {
		if err := x.writePage(o.report, r.facts(), history); err != nil {
			return err
		}
	}
	return newReporter(a.stdout, o.json).report(r)
}
