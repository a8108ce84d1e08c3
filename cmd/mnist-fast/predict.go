package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist/digit"
	"github.com/urfave/cli/v3"
)

const predictHelp = `A picture is a PNG or JPEG file, or - for standard input. It
should show one digit, upright, on a plain background, which
may be light or dark. Any size up to 16 megapixels will do.

Examples:
  mnist-fast predict -model digits.model seven.png
  mnist-fast predict -model digits.model scans/*.jpg
  mnist-fast predict -model digits.model -json - < seven.png`

func (a *app) predictCommand() *cli.Command {
	var model string
	var asJSON bool
	return &cli.Command{
		Name:        "predict",
		Usage:       "Read pictures of digits.",
		UsageText:   "mnist-fast predict -model FILE PICTURE…",
		Description: predictHelp,
		Flags:       section("Flags", modelFlag(&model), jsonFlag(&asJSON)),
		Action: func(_ context.Context, c *cli.Command) error {
			if !c.Args().Present() {
				return misusef(c, "no picture to read")
			}
			p, err := newReader(c, model)
			if err != nil {
				return err
			}
			return a.predict(p, c.Args().Slice(), newReporter(a.stdout, asJSON))
		},
	}
}

// A reader reads pictures with a model.
type reader struct {
	model   *nn.Sequential
	side    int // of the model's images
	outputs kernels.Mat
}

func newReader(c *cli.Command, name string) (*reader, error) {
	m, err := loadModel(c, name)
	if err != nil {
		return nil, err
	}
	side := int(math.Sqrt(float64(m.Inputs())))
	if side*side != m.Inputs() {
		return nil, fmt.Errorf("%s: a model of %d inputs is not one of square pictures", name, m.Inputs())
	}
	if m.Outputs() < 2 {
		return nil, fmt.Errorf("%s: a model with a single output does not tell classes", name)
	}
	if _, err := chooseTier(c, ""); err != nil {
		return nil, err
	}
	return &reader{m, side, kernels.NewMat(1, m.Outputs())}, nil
}

// predict tells what is in each picture. A bad one does not stop it.
func (a *app) predict(p *reader, names []string, r reporter) error {
	var bad error
	for _, name := range names {
		found, err := a.read(p, name)
		if err != nil {
			a.complain(name + ": " + plain(cause(err)))
			bad = errTold
			continue
		}
		if err := r.report(found); err != nil {
			return err
		}
	}
	return bad
}

// read opens a picture and reads it.
func (a *app) read(p *reader, name string) (*prediction, error) {
	if name == "-" {
		return p.read(name, a.stdin)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return p.read(name, f)
}

func (p *reader) read(name string, r io.Reader) (*prediction, error) {
	img, err := digit.Decode(r)
	if errors.Is(err, image.ErrFormat) {
		return nil, errors.New("neither a PNG nor a JPEG picture")
	}
	if err != nil {
		return nil, err
	}
	pixels, err := digit.Prepare(img, p.side, p.side)
	if err != nil {
		return nil, err
	}
	if err := p.model.Predict(context.Background(), p.outputs, nn.Bytes{Data: pixels, Columns: len(pixels), Divisor: 255}); err != nil {
		return nil, err
	}
	return newPrediction(name, p.outputs.Row(0))
}

// A prediction tells what is in a picture.
type prediction struct {
	Picture             string `json:"picture"`
	Class               int    `json:"class"`
	Probability         number `json:"probability"`
	RunnerUp            int    `json:"runner_up"`
	RunnerUpProbability number `json:"runner_up_probability"`
}

// newPrediction uses up the outputs of a model.
func newPrediction(name string, outputs []float32) (*prediction, error) {
	best, probability := take(outputs)
	second, probability2 := take(outputs)
	if second < 0 {
		return nil, errors.New("the model's outputs are not numbers")
	}
	return &prediction{name, best, probability, second, probability2}, nil
}

// take takes the largest number out and returns its place, or -1.
func take(xs []float32) (int, number) {
	i := nn.Argmax(xs)
	if i < 0 {
		return i, 0
	}
	x := xs[i]
	xs[i] = float32(math.NaN())
	return i, number(x)
}

func (p *prediction) text() string {
	return fmt.Sprintf("%s: %d (%s), else %d (%s)\n", p.Picture, p.Class, p.Probability.percent(), p.RunnerUp, p.RunnerUpProbability.percent())
}
