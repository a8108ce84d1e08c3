package onnx

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/sized"
)

// ImportFile reads a model from an ONNX file. Its weights may be in other files
// in the same folder, or below it.
func ImportFile(path string) (*nn.Sequential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	m, err := read(f, root)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Import reads a model from an ONNX file that has all weights. The error of one
// that is damaged, or has what is not part of a multilayer perceptron, wraps
// nn.ErrFormat. A reader that does not tell how much it has, by a method Len or
// as an io.Seeker, is copied to a temporary file if that is more than 1 MB.
func Import(r io.Reader) (*nn.Sequential, error) { return read(r, nil) }

// read makes a model of a file. Weights in other files are looked for in the
// folder, if there is one.
func read(r io.Reader, folder *os.Root) (*nn.Sequential, error) {
	file, err := readBytes(r)
	if err != nil {
		return nil, err
	}
	m, err := decode(file, folder)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", nn.ErrFormat, err)
	}
	return m, nil
}

// readBytes takes memory for what is there, once: the weights need as much again.
func readBytes(r io.Reader) ([]byte, error) {
	in, err := sized.New(r, maxBytes+1)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	if in.Size > maxBytes {
		return nil, fmt.Errorf("%w: not an ONNX file: it has more than 2 GB", nn.ErrFormat)
	}
	file := make([]byte, in.Size)
	_, err = io.ReadFull(in, file)
	return file, err
}

func decode(file []byte, folder *os.Root) (*nn.Sequential, error) {
	g, err := parse(file)
	if err != nil {
		return nil, err
	}
	c := &chain{values: map[string]value{}, folder: folder}
	if err := c.follow(g); err != nil {
		return nil, err
	}
	return c.model(len(file))
}

// A chain is the layers that have been found so far, and where the samples are
// on their way through them.
type chain struct {
	folder *os.Root // for weights in other files; nil: none
	others []otherFile
	values map[string]value // by name
	layers []layer
	flow   flow
}

// A value is what a name stands for: a constant, or the samples behind a number
// of nodes.
type value struct {
	constant   *tensor
	transposed bool // a constant matrix
	step       int
}

// A flow tells of the samples: at what step they are, and their shape, as far as
// it is known.
type flow struct {
	step     int
	rank     int   // 0: unknown
	batch    int64 // the first dimension, or dynamic
	features int   // the product of the others; 0: unknown
}

// A layer is one of the model to be.
type layer struct {
	kernel        *tensor
	transposed    bool // [units, inputs]
	alpha         float32
	inputs, units int
	biases        []bias // to be added up
	activation    nn.Activation
}

// A bias is a constant of one number for each unit, or of one for all, times beta.
type bias struct {
	constant *tensor
	count    int
	beta     float32
}

// follow walks through the graph.
func (c *chain) follow(g *graph) error {
	for _, t := range g.initializers {
		c.values[t.name] = value{constant: t}
	}
	if err := c.begin(g); err != nil {
		return err
	}
	if len(g.outputs) != 1 {
		return fmt.Errorf("%d outputs: want one", len(g.outputs))
	}
	needed := neededNodes(g)
	for i := range g.nodes {
		if !needed[i] {
			continue
		}
		if err := c.node(&g.nodes[i]); err != nil {
			return fmt.Errorf("node %s: %w", describe(&g.nodes[i]), err)
		}
	}
	_, err := c.samples(g.outputs[0])
	return err
}

// begin finds the input. Initializers may be listed as inputs, too.
func (c *chain) begin(g *graph) error {
	inputs := slices.DeleteFunc(g.inputs, func(in input) bool {
		_, ok := c.values[in.name]
		return ok
	})
	if len(inputs) != 1 {
		return fmt.Errorf("%d inputs: want one", len(inputs))
	}
	in := inputs[0]
	if in.dataType != float32Type && in.dataType != float64Type {
		return fmt.Errorf("input %q of %s: want FLOAT", in.name, typeName(in.dataType))
	}
	c.values[in.name] = value{}
	c.flow.batch = dynamic
	if !in.known {
		return nil
	}
	if len(in.dims) < 2 {
		return fmt.Errorf("input %q of shape %v: want samples in a batch", in.name, in.dims)
	}
	c.flow.rank, c.flow.batch = len(in.dims), in.dims[0]
	c.flow.features = product(in.dims[1:])
	return nil
}

// product is that of dims; 0 if it is not known, or too large to be true.
func product(dims []int64) int {
	const most = math.MaxInt32
	n := int64(1)
	for _, d := range dims {
		if d < 1 || d > most/n {
			return 0
		}
		n *= d
	}
	return int(n)
}

// neededNodes tells which nodes the output depends on.
func neededNodes(g *graph) []bool {
	needed := make([]bool, len(g.nodes))
	names := map[string]bool{g.outputs[0]: true}
	for i, n := range slices.Backward(g.nodes) {
		if needed[i] = slices.ContainsFunc(n.outputs, func(name string) bool { return names[name] }); needed[i] {
			for _, name := range n.inputs {
				names[name] = name != ""
			}
		}
	}
	return needed
}

func describe(n *node) string {
	switch {
	case n.name != "":
		return fmt.Sprintf("%q (%s)", n.name, n.operator)
	case len(n.outputs) > 0:
		return fmt.Sprintf("of output %q (%s)", n.outputs[0], n.operator)
	}
	return fmt.Sprintf("without a name (%s)", n.operator)
}

// lookup is what a name stands for.
func (c *chain) lookup(name string) (value, error) {
	v, ok := c.values[name]
	if !ok {
		return v, fmt.Errorf("%q is neither the output of a node before it nor an initializer", name)
	}
	return v, nil
}

// samples fails unless the name stands for the samples where they are now.
func (c *chain) samples(name string) (value, error) {
	v, err := c.lookup(name)
	switch {
	case err != nil:
		return v, err
	case v.constant != nil:
		return v, fmt.Errorf("%q is a constant: want samples", name)
	case v.step != c.flow.step:
		return v, fmt.Errorf("%q goes to several nodes: the model must be a chain of layers", name)
	}
	return v, nil
}

// constant is the constant of that name, with its numbers.
func (c *chain) constant(name string) (value, error) {
	v, err := c.lookup(name)
	if err != nil {
		return v, err
	}
	if v.constant == nil {
		return v, fmt.Errorf("%q is not a constant", name)
	}
	return v, c.fetch(v.constant)
}

// model makes the model. Biases that the file does not have could make it much
// larger than the file; there is room for those of honest models.
func (c *chain) model(fileBytes int) (*nn.Sequential, error) {
	if len(c.layers) == 0 {
		return nil, errors.New("no layers")
	}
	const room = 16 << 20
	left := int64(fileBytes) + room
	for _, f := range c.others {
		left += f.taken
	}
	var layers []nn.Dense
	for _, l := range c.layers {
		layers = append(layers, nn.Dense{Units: l.units, Activation: l.activation})
		left -= 4 * (int64(l.inputs) + 1) * int64(l.units)
	}
	if left < 0 {
		return nil, errors.New("a model that is larger than its file")
	}
	return nn.FromWeights(c.layers[0].inputs, layers,
		func(i, input, unit int) float32 { return c.layers[i].weight(input, unit) },
		func(i, unit int) float32 { return c.layers[i].bias(unit) })
}

// bias is that of a unit.
func (l *layer) bias(unit int) (sum float32) {
	for _, b := range l.biases {
		sum += float32(b.beta * b.constant.at(unit%b.count))
	}
	return sum
}

// weight is an element of the kernel.
func (l *layer) weight(input, unit int) float32 {
	at := input*l.units + unit
	if l.transposed {
		at = unit*l.inputs + input
	}
	return l.alpha * l.kernel.at(at)
}
