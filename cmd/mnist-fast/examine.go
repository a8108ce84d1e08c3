package main

import (
	"bytes"
	"context"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/page"
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"github.com/urfave/cli/v3"
)

// An examination is what a model makes of images whose classes are known.
type examination struct {
	model   *nn.Sequential
	images  mnist.Set
	outputs kernels.Mat // a row for each image
	scores  *nn.ClassificationReport
}

// examine lets the model predict the classes of images. Of config, it looks at
// Workers and Tier.
func examine(ctx context.Context, m *nn.Sequential, images mnist.Set, config nn.Config) (*examination, error) {
	d := dataset(images, m.Outputs())
	x := &examination{m, images, kernels.NewMat(images.Len(), m.Outputs()), nil}
	if err := m.Predict(ctx, x.outputs, d.X); err != nil {
		return nil, err
	}
	var err error
	x.scores, err = m.ClassificationReport(ctx, d, config)
	return x, err
}

func reportFlag(to *string) cli.Flag {
	return flag("report", "FILE\nwrite a page about the model: learning curves, its\nworst errors, its weights; to open in a browser", to, nonEmpty)
}

// writePage writes the page that -report names.
func (x *examination) writePage(name string, facts []page.Fact, h nn.History) error {
	var file bytes.Buffer
	err := page.Write(&file, page.Page{
		Facts: facts, History: h, Images: x.images, Outputs: x.outputs, Scores: x.scores, Kernel: x.model.Kernel(0),
	})
	if err != nil {
		return err
	}
	return writeOutput("-report", name, file.Bytes())
}
