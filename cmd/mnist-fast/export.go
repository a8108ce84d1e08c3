package main

import (
	"context"
	"errors"
	"fmt"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/gosource"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
	"github.com/urfave/cli/v3"
)

const exportHelp = `Formats, and the ends of names that stand for them:
  model    .model, .safetensors: mnist-fast's own, which is
           safetensors; kernels are [inputs, units], with
           names like Keras's: dense_1.kernel
  pytorch  safetensors; kernels are [units, inputs], with
           names of an nn.Sequential: 0.weight
  onnx     .onnx: for ONNX Runtime and others; any batch
  go       .go: a Go source file that needs nothing else,
           with a function Predict that gives the same bits

Examples:
  mnist-fast export -model digits.model -output digits.onnx
  mnist-fast export -model digits.model -output digits.go
  mnist-fast export -model torch.onnx -output digits.model
  mnist-fast export -model digits.model \
        -output digits.safetensors -format pytorch`

type exportOptions struct {
	model, output     string
	format, goPackage string
	activation        nn.Activation
	json              bool
}

func (a *app) exportCommand() *cli.Command {
	o := &exportOptions{goPackage: "model", activation: foreignActivation}
	return &cli.Command{
		Name:        "export",
		Usage:       "Write a model for other programs.",
		UsageText:   "mnist-fast export -model FILE -output FILE [FLAGS]",
		Description: exportHelp,
		Flags: section("Flags", modelFlag(&o.model),
			flag("output", "FILE\nwrite the model to this file", &o.output, nonEmpty),
			flag("format", "NAME\nmodel, pytorch, onnx or go; by default what the\nend of the output's name says", &o.format, oneOf(exportFormats)),
			flag("package", "NAME\nof the Go source", &o.goPackage, packageName),
			flag("activation", "NAME\nof hidden layers, of a -model that does not tell", &o.activation, nn.ParseActivation),
			jsonFlag(&o.json)),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return a.export(c, o)
		},
	}
}

var exportFormats = []string{"model", "pytorch", "onnx", "go"}

// packageName parses the name of a package of Go.
func packageName(s string) (string, error) {
	if !token.IsIdentifier(s) || s == "_" {
		return "", errors.New("want a name of Go")
	}
	return s, nil
}

func (a *app) export(c *cli.Command, o *exportOptions) error {
	if o.output == "" {
		return misusef(c, "-output FILE is missing")
	}
	if err := requireApart(c, "-model", o.model, "-output", o.output); err != nil {
		return err
	}
	if o.format == "" {
		o.format = formatOf(o.output)
	}
	if o.format == "" {
		return misusef(c, "-output %s: the end of the name says no format: want -format NAME", o.output)
	}
	if err := tryOutput("-output", o.output); err != nil {
		return err
	}
	m, err := loadModelAs(c, o.model, o.activation)
	if err != nil {
		return err
	}
	if err := o.write(m); err != nil {
		return fmt.Errorf("-output %s: %w", o.output, cause(err))
	}
	return newReporter(a.stdout, o.json).report(exportReport{
		Model: o.model, Output: o.output, Format: o.format, Weights: m.SHA256(), layers: describeModel(m),
	})
}

// formatOf is the format that the end of a name stands for, or "".
func formatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".model", ".safetensors":
		return "model"
	case ".onnx":
		return "onnx"
	case ".go":
		return "go"
	}
	return ""
}

func (o *exportOptions) write(m *nn.Sequential) error {
	switch o.format {
	case "pytorch":
		return m.SaveWeightsFile(o.output, nn.PyTorchLayout)
	case "onnx":
		return onnx.ExportFile(o.output, m)
	case "go":
		return gosource.ExportFile(o.output, m, o.goPackage)
	}
	return m.SaveFile(o.output)
}

// An exportReport tells what was written.
type exportReport struct {
	Model   string `json:"model"`
	Output  string `json:"output"`
	Format  string `json:"format"`
	Weights string `json:"weights_sha256"`

	layers string
}

func (r exportReport) text() string {
	var out table
	out.row("model", "%s", r.layers)
	out.row("output", "%s, format %s", r.Output, r.Format)
	out.row("weights", "SHA-256 %s", r.Weights)
	return out.String()
}
