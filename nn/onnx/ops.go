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
