package onnx

import (
	"fmt"
	"slices"
)

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

// maxRank is the most dimensions of a shape.
const maxRank = 8

// reshape may change the shape of each sample.
func (c *chain) reshape(n *node) (value, error) {
	if _, err := c.samples(n.in(0)); err != nil {
		return value{}, err
	}
	v, err := c.constant(n.in(1))
	if err != nil {
		return value{}, err
	}
	shape, err := v.constant.integers(maxRank)
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
