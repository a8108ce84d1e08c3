package main

import (
	"fmt"
	"strconv"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"github.com/urfave/cli/v3"
)

func modelFlag(to *string) cli.Flag {
	return flag("model", "FILE\na model that mnist-fast train -output FILE saved", to, nonEmpty)
}

// loadModel loads the model that -model names.
func loadModel(c *cli.Command, name string) (*nn.Sequential, error) {
	if name == "" {
		return nil, misusef(c, "-model FILE is missing")
	}
	return nn.LoadFile(name)
}

// checkFit fails unless the data are of a kind that the model knows.
func checkFit(m *nn.Sequential, name string, data mnist.Data) error {
	if m.Inputs() != data.Test.Features() || m.Outputs() < data.Classes {
		return fmt.Errorf("%s: the model takes %d pixels for %d classes, but the images have %d pixels and %d classes",
			name, m.Inputs(), m.Outputs(), data.Test.Features(), data.Classes)
	}
	return nil
}

// describeModel returns the sizes of a model, as 784-256-128-10, and more.
func describeModel(m *nn.Sequential) string {
	layers := m.Layers()
	text := strconv.Itoa(m.Inputs())
	for _, l := range layers {
		text += "-" + strconv.Itoa(l.Units)
	}
	if len(layers) > 1 {
		text += fmt.Sprintf(" %v", layers[0].Activation)
	}
	return fmt.Sprintf("%s %v, %d weights", text, layers[len(layers)-1].Activation, m.Params())
}
