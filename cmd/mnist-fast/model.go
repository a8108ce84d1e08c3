package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
	"github.com/urfave/cli/v3"
)

func modelFlag(to *string) cli.Flag {
	return flag("model", "FILE\na model that mnist-fast train -output FILE saved, or\nan .onnx or .safetensors file of another program", to, nonEmpty)
}

// foreignActivation is that of hidden layers where a file does not tell. The
// last layer has softmax.
const foreignActivation = nn.ReLU

// loadModel loads the model that -model names.
func loadModel(c *cli.Command, name string) (*nn.Sequential, error) {
	return loadModelAs(c, name, foreignActivation)
}

// loadModelAs loads the model that -model names, whose hidden layers have the
// activation unless the file tells.
func loadModelAs(c *cli.Command, name string, hidden nn.Activation) (*nn.Sequential, error) {
	if name == "" {
		return nil, misusef(c, "-model FILE is missing")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	isONNX := looksLikeONNX(name, r)
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular(): // a pipe, of which the beginning has been read
		return readModel(name, r, isONNX, hidden)
	case isONNX:
		return onnx.ImportFile(name)
	}
	return nn.LoadWeightsFile(name, hidden, nn.Softmax)
}

// looksLikeONNX judges a file by its name or its first bytes: the version of
// ONNX, and not what begins the header of a safetensors file behind its length.
func looksLikeONNX(name string, r *bufio.Reader) bool {
	begin, err := r.Peek(9)
	return strings.EqualFold(filepath.Ext(name), ".onnx") || err == nil && begin[0] == 0x08 && begin[8] != '{'
}

// readModel reads a model that is not in a file of its own.
func readModel(name string, r io.Reader, isONNX bool, hidden nn.Activation) (m *nn.Sequential, err error) {
	if isONNX {
		m, err = onnx.Import(r)
	} else {
		m, err = nn.LoadWeights(r, hidden, nn.Softmax)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
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
