package onnx

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
)

// An operation follows the samples, or a constant, through a node.
type operation func(c *chain, n *node) (value, error)

// operations are the operators of which a multilayer perceptron consists.
var operations = map[string]operation{
	"Gemm": (*chain).gemm, "MatMul": (*chain).matMul, "Add": (*chain).add,
	"Relu": activate(nn.ReLU), "Sigmoid": activate(nn.Sigmoid), "Tanh": activate(nn.Tanh), "Softmax": (*chain).softmax,
	"Flatten": (*chain).flatten, "Reshape": (*chain).reshape,
	"Identity": (*chain).identity, "Cast": (*chain).cast, "Dropout": (*chain).dropout,
	"Constant": (*chain).constantNode, "Transpose": (*chain).transpose,
}

// hints are what to do about some operators that are refused.
var hints = map[string]string{
	"LogSoftmax": "; export the model with a softmax instead",
	"ArgMax":     "; export the model up to the probabilities",
	"ZipMap":     "; export the model without it (zipmap=False)",
}

func (c *chain) node(n *node) error {
	op, ok := operations[n.operator]
	if !ok || !isONNX(n.domain) {
		return fmt.Errorf("not an operator of a multilayer perceptron%s (those are %s)",
			hints[n.operator], strings.Join(slices.Sorted(maps.Keys(operations)), ", "))
	}
	if len(n.outputs) == 0 {
		return errors.New("no output")
	}
	v, err := op(c, n)
	if err != nil {
		return err
	}
	if _, twice := c.values[n.outputs[0]]; twice {
		return fmt.Errorf("a second value for %q", n.outputs[0])
	}
	c.values[n.outputs[0]] = v
	return nil
}

// step takes the samples on.
func (c *chain) step() (value, error) {
	c.flow.step++
	return value{step: c.flow.step}, nil
}

// in is the name of input i, or "" if there is none.
func (n *node) in(i int) string {
	if i < len(n.inputs) {
		return n.inputs[i]
	}
	return ""
}

// int is the attribute of that name, or what it is by default.
func (n *node) int(name string, or int64) int64 {
	for _, a := range n.attributes {
		if a.name == name {
			return a.int
		}
	}
	return or
}

func (n *node) float(name string, or float32) float32 {
	for _, a := range n.attributes {
		if a.name == name {
			return a.float
		}
	}
	return or
}

// gemm: alpha·A·B + beta·C, where transB says that B is transposed.
func (c *chain) gemm(n *node) (value, error) {
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	if n.int("transA", 0) != 0 {
		return value{}, errors.New("transA: samples must be rows")
	}
	kernel, err := c.constant(n.in(1))
	if err != nil {
		return value{}, err
	}
	kernel.transposed = kernel.transposed != (n.int("transB", 0) != 0)
	if err := c.newLayer(kernel, n.float("alpha", 1)); err != nil {
		return value{}, err
	}
	if name := n.in(2); name != "" {
		if err := c.addBias(name, n.float("beta", 1)); err != nil {
			return value{}, err
		}
	}
	return c.step()
}

func (c *chain) matMul(n *node) (value, error) {
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	kernel, err := c.constant(n.in(1))
	if err != nil {
		return value{}, err
	}
	if err := c.newLayer(kernel, 1); err != nil {
		return value{}, err
	}
	return c.step()
}

// newLayer begins a layer. A kernel may be that of one layer only: a small file
// must not become a large model.
func (c *chain) newLayer(kernel value, alpha float32) error {
	t := kernel.constant
	if _, err := t.elements(); err != nil {
		return err
	}
	if !t.isFloat() || len(t.dims) != 2 || t.dims[0] < 1 || t.dims[1] < 1 {
		return fmt.Errorf("kernel %q of %s, shape %v: want a matrix of FLOAT", t.name, typeName(t.dataType), t.dims)
	}
	if t.used {
		return fmt.Errorf("kernel %q is that of another layer, too", t.name)
	}
	t.used = true
	l := layer{kernel: t, transposed: kernel.transposed, alpha: alpha, inputs: int(t.dims[0]), units: int(t.dims[1])}
	if l.transposed {
		l.inputs, l.units = l.units, l.inputs
	}
	if c.flow.rank != 0 && c.flow.rank != 2 {
		return fmt.Errorf("samples of %d dimensions: want a Flatten or Reshape before it", c.flow.rank-1)
	}
	if f := c.flow.features; f != 0 && f != l.inputs {
		return fmt.Errorf("kernel %q takes %d numbers, but a sample has %d", t.name, l.inputs, f)
	}
	c.layers = append(c.layers, l)
	c.flow.rank, c.flow.features = 2, l.units
	return nil
}

// open is the layer to whose sums something can still be added.
func (c *chain) open() (*layer, error) {
	if len(c.layers) == 0 {
		return nil, errors.New("there is no Gemm or MatMul before it")
	}
	l := &c.layers[len(c.layers)-1]
	if l.activation != nn.Linear {
		return nil, fmt.Errorf("there is no Gemm or MatMul between it and the %v before it", l.activation)
	}
	return l, nil
}

// addBias adds beta times a constant to the bias of the last layer.
func (c *chain) addBias(name string, beta float32) error {
	l, err := c.open()
	if err != nil {
		return err
	}
	v, err := c.constant(name)
	if err != nil {
		return err
	}
	t := v.constant
	count, err := t.elements()
	if err != nil {
		return err
	}
	rows := len(t.dims) == 2 && t.dims[0] != 1 || len(t.dims) > 2
	if !t.isFloat() || count != 1 && count != l.units || rows || v.transposed {
		return fmt.Errorf("bias %q of %s, shape %v: want %d numbers", t.name, typeName(t.dataType), t.dims, l.units)
	}
	if l.bias == nil {
		l.bias = make([]float32, l.units)
	}
	for i := range l.bias {
		l.bias[i] += float32(beta * t.at(i%count))
	}
	return nil
}

func (c *chain) add(n *node) (value, error) {
	samples, bias := n.in(0), n.in(1)
	if v, err := c.lookup(samples); err == nil && v.constant != nil {
		samples, bias = bias, samples
	}
	if _, err := c.samples(samples); err != nil {
		return value{}, err
	}
	if err := c.addBias(bias, 1); err != nil {
		return value{}, err
	}
	return c.step()
}

func activate(a nn.Activation) operation {
	return func(c *chain, n *node) (value, error) {
		if _, err := c.samples(n.in(0)); err != nil {
			return value{}, err
		}
		l, err := c.open()
		if err != nil {
			return value{}, err
		}
		l.activation = a
		return c.step()
	}
}

// softmax must be along the units, which are the last of two axes.
func (c *chain) softmax(n *node) (value, error) {
	if axis := n.int("axis", -1); axis != -1 && axis != 1 {
		return value{}, fmt.Errorf("axis %d: want 1", axis)
	}
	return activate(nn.Softmax)(c, n)
}

// flatten makes a row of each sample.
func (c *chain) flatten(n *node) (value, error) {
	if axis := n.int("axis", 1); axis != 1 {
		return value{}, fmt.Errorf("axis %d: want 1, so that samples stay apart", axis)
	}
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	c.flow.rank = 2
	return c.step()
}

// reshape may change the shape of each sample.
func (c *chain) reshape(n *node) (value, error) {
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	v, err := c.constant(n.in(1))
	if err != nil {
		return value{}, err
	}
	shape, err := v.constant.integers()
	if err != nil {
		return value{}, err
	}
	zeros := n.int("allowzero", 0) != 0 && slices.Contains(shape, 0) // a 0 that is one
	if len(shape) < 2 || zeros || !c.keepsBatch(shape) {
		return value{}, fmt.Errorf("to %v: want samples to stay apart, as by [-1, %d]", shape, c.flow.features)
	}
	c.flow.rank = len(shape)
	if f := product(shape[1:]); f != 0 {
		c.flow.features = f
	}
	return c.step()
}

// keepsBatch reports whether samples stay apart in a new shape, in which 0 stands
// for what a dimension was and -1 for what is left.
func (c *chain) keepsBatch(shape []int64) bool {
	known := product(shape[1:])
	switch first := shape[0]; {
	case first == dynamic:
		return known != 0 && (c.flow.features == 0 || known == c.flow.features)
	case first == 0 || first > 0 && first == c.flow.batch:
		return len(shape) == 2 && shape[1] == dynamic || known != 0 && known == c.flow.features
	}
	return false
}

// identity takes a constant or the samples as they are.
func (c *chain) identity(n *node) (value, error) {
	if v, err := c.lookup(n.in(0)); err != nil || v.constant != nil {
		return v, err
	}
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	return c.step()
}

// cast between types that hold all float32 numbers.
func (c *chain) cast(n *node) (value, error) {
	if to := n.int("to", 0); to != float32Type && to != float64Type {
		return value{}, fmt.Errorf("to %s: want FLOAT", typeName(to))
	}
	return c.identity(n)
}

// dropout drops nothing but in training.
func (c *chain) dropout(n *node) (value, error) {
	if name := n.in(2); name != "" {
		v, err := c.lookup(name)
		if err != nil {
			return v, err
		}
		if v.constant == nil || v.constant.truth() {
			return v, errors.New("it is in training mode; export the model for inference")
		}
	}
	return c.identity(n)
}

func (c *chain) constantNode(n *node) (value, error) {
	t, err := constantTensor(n)
	if err != nil {
		return value{}, err
	}
	if t.name == "" {
		t.name = n.outputs[0]
	}
	return value{constant: t}, nil
}

// transpose of a constant matrix.
func (c *chain) transpose(n *node) (value, error) {
	v, err := c.lookup(n.in(0))
	if err != nil {
		return v, err
	}
	if v.constant == nil || len(v.constant.dims) != 2 {
		return v, fmt.Errorf("%q: want a constant matrix", n.in(0))
	}
	for _, a := range n.attributes {
		if a.name == "perm" && !slices.Equal(a.ints, []int64{1, 0}) {
			return v, fmt.Errorf("perm %v: want [1 0]", a.ints)
		}
	}
	v.transposed = !v.transposed
	return v, nil
}
