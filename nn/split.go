package nn

import (
	"fmt"
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Split divides the samples at random into one part to train on and another,
// the given share of them, to test with. If the targets are [Labels], it is that
// share of each class, to the nearest sample, and the parts have Labels. Samples keep
// their order; which ones go where depends on their targets and the seed alone. The parts
// are views of d, of each epoch of it if it is [Epochal]. It fails if one of them would be
// empty.
func (d Dataset) Split(share float64, seed uint64) (train, test Dataset, err error) {
	if err := firstError(d.validateParts(), inRange("share to test with", share, 0, 1)); err != nil {
		return Dataset{}, Dataset{}, err
	}
	var forTraining, forTest []int
	r := newRandom(seed, splitStream)
	for _, rows := range d.groups() {
		r.shuffle(rows)
		n := int(float64(share*float64(len(rows))) + 0.5)
		forTest = append(forTest, rows[:n]...)
		forTraining = append(forTraining, rows[n:]...)
	}
	if len(forTraining) == 0 || len(forTest) == 0 {
		return Dataset{}, Dataset{}, fmt.Errorf("%w: a share of %v of each class, to the nearest sample, leaves one part of %d samples empty", ErrData, share, d.X.Len())
	}
	return d.choose(forTraining), d.choose(forTest), nil
}

// groups are the samples of each class, or all of them.
func (d Dataset) groups() [][]int {
	labels, ok := d.Y.(Labels)
	if !ok {
		labels = Labels{make([]uint8, d.X.Len()), 1}
	}
	groups := make([][]int, labels.Classes)
	for i, c := range labels.Of {
		groups[c] = append(groups[c], i)
	}
	return groups
}

// choose is the data set of these samples, in the order of d.
func (d Dataset) choose(rows []int) Dataset {
	slices.Sort(rows)
	part := Dataset{X: chosen{d.X, rows}, Y: chosen{d.Y, rows}}
	if labels, ok := d.Y.(Labels); ok {
		part.Y = Labels{pick(labels.Of, rows), labels.Classes}
	}
	if d.Weights != nil {
		part.Weights = pick(d.Weights, rows)
	}
	return part
}

func pick[T any](xs []T, rows []int) []T {
	picked := make([]T, len(rows))
	for i, r := range rows {
		picked[i] = xs[r]
	}
	return picked
}

// chosen are some rows of a table.
type chosen struct {
	Table
	rows []int
}

func (c chosen) Len() int { return len(c.rows) }

// whole is the table of which x has some rows, which may be all, and where rows of x are in
// it: it may be read faster.
func (f *flow) whole(x Table, rows []int) (Table, []int) {
	for c, ok := x.(chosen); ok; c, ok = x.(chosen) {
		if f.inWhole == nil {
			f.inWhole = make([]int, len(f.losses))
		}
		for i, r := range rows {
			f.inWhole[i] = c.rows[r]
		}
		x, rows = c.Table, f.inWhole[:len(rows)]
	}
	return x, rows
}

// Epoch is that of an [Epochal] table.
func (c chosen) Epoch(n int) Table {
	if t, ok := c.Table.(Epochal); ok {
		c.Table = t.Epoch(n)
	}
	return c
}

func (c chosen) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	for i, r := range rows {
		c.Table.Gather(k, dst.Slice(i, i+1, 0, dst.Cols), c.rows[r:r+1])
	}
}
