// Package gosource writes a model as one Go source file, for programs that want
// to predict and nothing else: the weights and a function Predict, without any
// dependency but the standard library.
//
//	err := gosource.ExportFile("digits/digits.go", model, "digits")
//
// and in the other program
//
//	probabilities := digits.Predict(pixels)
//
// Predict there gives the same bits as [nn.Sequential.Predict] here, on every
// machine: the file has the arithmetic of package kernels in plain Go.
package gosource

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"go/format"
	"go/token"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/mnist-fast/mnist-fast/nn"
)

// maxWeights keeps the file to a size that compilers can take.
const maxWeights = 1 << 26

//go:embed model.go.tmpl
var source string

var modelTemplate = template.Must(template.New("model").Parse(source))

// ExportFile writes the source file of a package of that name, as
// nn.Sequential.SaveFile does.
func ExportFile(path string, m *nn.Sequential, packageName string) error {
	return nn.WriteFile(path, func(w io.Writer) error { return Export(w, m, packageName) })
}

// Export writes the source file of a package of that name. It fails if this is
// not a name of Go, or the model is too large for a source file.
func Export(w io.Writer, m *nn.Sequential, packageName string) error {
	if !token.IsIdentifier(packageName) || packageName == "_" {
		return fmt.Errorf("gosource: %q is no name of a package", packageName)
	}
	if m.Params() > maxWeights {
		return fmt.Errorf("gosource: %d weights are too many for a source file: want at most %d", m.Params(), maxWeights)
	}
	var text bytes.Buffer
	if err := modelTemplate.Execute(&text, describe(m, packageName)); err != nil {
		return err
	}
	file, err := format.Source(text.Bytes())
	if err != nil {
		return err
	}
	_, err = w.Write(file)
	return err
}

// A description is what the template fills in.
type description struct {
	Package, Architecture, SHA256 string
	Inputs, Outputs               int
	Layers                        []layer
	Sigmoid, Tanh, Softmax, ReLU  bool // whether there is such a layer
	Weights                       string
}

// Exp tells whether a function needs the exponential.
func (d description) Exp() bool { return d.Sigmoid || d.Tanh || d.Softmax }

// A layer has the places of its numbers in the weights.
type layer struct {
	Number, Units     int
	Input             string // the variable that it reads
	Kernel, Bias, End int
	Run               int // inputs in a chain of fused multiply-adds
	Sums              int // of all chains
	Activation        nn.Activation
	IsLinear          bool
}

func describe(m *nn.Sequential, packageName string) description {
	d := description{Package: packageName, Architecture: fmt.Sprint(m.Inputs()), SHA256: m.SHA256(), Inputs: m.Inputs(), Outputs: m.Outputs()}
	var weights []byte
	input := "in"
	for i, l := range m.Layers() {
		kernel, chains := m.Kernel(i), m.Chains(i)
		out := layer{
			Number: i + 1, Units: l.Units, Input: input, Kernel: len(weights) / 4,
			Run: chains[0], Sums: len(chains) * l.Units, Activation: l.Activation, IsLinear: l.Activation == nn.Linear,
		}
		out.Bias = out.Kernel + len(kernel.Data)
		out.End = out.Bias + l.Units
		weights = appendFloats(appendFloats(weights, kernel.Data), m.Bias(i))
		d.Layers = append(d.Layers, out)
		d.Architecture += fmt.Sprintf("-%d %v", l.Units, l.Activation)
		input = fmt.Sprintf("x%d", i+1)
	}
	has := func(a nn.Activation) bool {
		return slices.ContainsFunc(d.Layers, func(l layer) bool { return l.Activation == a })
	}
	d.Sigmoid, d.Tanh, d.Softmax, d.ReLU = has(nn.Sigmoid), has(nn.Tanh), has(nn.Softmax), has(nn.ReLU)
	d.Weights = lines(base64.StdEncoding.EncodeToString(weights))
	return d
}

func appendFloats(b []byte, xs []float32) []byte {
	b, err := binary.Append(b, binary.LittleEndian, xs)
	if err != nil {
		panic(err) // numbers have a size
	}
	return b
}

// lines cuts a text into lines that editors can show.
func lines(text string) string {
	const width = 100
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	b.WriteString(text)
	return b.String()
}
