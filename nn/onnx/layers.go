package onnx

import (
	"errors"
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
)

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

// maxBiases is how many may be added up for a layer: one, or two by way of a
// program that did not merge them.
const maxBiases = 4

// addBias adds beta times a constant to the sums of the last layer.
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
	if len(l.biases) == maxBiases {
		return fmt.Errorf("more than %d biases of a layer", maxBiases)
	}
	l.biases = append(l.biases, bias{t, count, beta})
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
