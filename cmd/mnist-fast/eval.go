package main

import (
	"context"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

const evalHelp = `Examples:
  mnist-fast eval -model digits.model
  mnist-fast eval -model fashion.model -data fashion-mnist`

type evalOptions struct {
	model, data string
	loss        nn.Loss
	json        bool
}

func (a *app) evalCommand() *cli.Command {
	o := &evalOptions{}
	return &cli.Command{
		Name:        "eval",
		Usage:       "Score a model on the test images.",
		UsageText:   "mnist-fast eval -model FILE [FLAGS]",
		Description: evalHelp,
		Flags:       section("Flags", modelFlag(&o.model), dataFlag(&o.data), lossFlag(&o.loss), jsonFlag(&o.json)),
		Action: func(ctx context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return a.eval(ctx, c, o)
		},
	}
}

func (a *app) eval(ctx context.Context, c *cli.Command, o *evalOptions) error {
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
	start := time.Now()
	metrics, err := m.Evaluate(ctx, dataset(data.Test, m.Outputs()), nn.Config{Loss: o.loss, Tier: tier})
	if err != nil {
		return err
	}
	return newReporter(a.stdout, o.json).report(evalReport{
		Model: o.model, TestLoss: number(metrics.Loss), TestAccuracy: number(metrics.Accuracy), Images: metrics.Samples,
		Seconds: number(time.Since(start).Seconds()), Weights: m.SHA256(), data: dataName(o.data), layers: describeModel(m),
	})
}

// An evalReport tells what a model scores.
type evalReport struct {
	Model        string `json:"model"`
	TestLoss     number `json:"test_loss"`
	TestAccuracy number `json:"test_accuracy"`
	Images       int    `json:"images"`
	Seconds      number `json:"seconds"`
	Weights      string `json:"weights_sha256"`

	data, layers string
}

func (r evalReport) text() string {
	var out table
	out.row("model", "%s", r.layers)
	out.row("data", "%s: %d test images", r.data, r.Images)
	out.row("test", "loss %.4f, accuracy %s, in %.3f s", r.TestLoss, r.TestAccuracy.percent(), r.Seconds)
	out.row("weights", "SHA-256 %s", r.Weights)
	return out.String()
}
