package nn

import (
	"sync/atomic"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// An Epochal table is another one in every epoch, such as images that are changed
// at random. Fit trains on what Epoch returns; evaluation and prediction, also of a
// validation split, read the table as it is.
type Epochal interface {
	Table
	// Epoch returns the table of an epoch, from 1, of the same size and kind.
	Epoch(n int) Table
}

// in returns the data set of an epoch.
func (d Dataset) in(epoch int) Dataset {
	for _, t := range []*Table{&d.X, &d.Y} {
		if e, ok := (*t).(Epochal); ok {
			*t = e.Epoch(epoch)
		}
	}
	return d
}

// A Drawn table has bytes that take long to compute, such as those of distorted
// images. In training, the workers share out the samples of a batch, and each that
// is done with a step draws for the next one.
type Drawn interface {
	Table
	Divisor() float32 // of the bytes, as in Bytes
	// Draw sets dst to row after row, those of the table that rows lists. Several
	// goroutines may call it at once.
	Draw(k *kernels.Core, dst []uint8, rows []int)
}

// An ahead draws the batches of steps before they are needed.
type ahead struct {
	now, next *batch
	draw      func(rank int, k *kernels.Core) // one worker's part in drawing the next
}

// A batch of drawn samples. As a table it has these alone: Gather must be asked for
// all of them.
type batch struct {
	Drawn
	rows  []int // the samples
	order []int // 0, 1, 2, …: where they are in bytes
	bytes Bytes
	taken atomic.Int64 // samples that a worker has drawn or begun to
}

func newAhead() *ahead {
	a := &ahead{now: &batch{}, next: &batch{}}
	a.draw = func(_ int, k *kernels.Core) { a.next.draw(k) }
	return a
}

// prepare returns the data for a step on some samples: if they are Drawn, a batch of
// them, drawn now unless that was done in the last step. In this one, the workers
// that call draw will then do so for the samples of the next.
func (a *ahead) prepare(team *kernels.Team, d Dataset, rows, next []int) Dataset {
	x, ok := d.X.(Drawn)
	if !ok {
		return d
	}
	if len(a.next.rows) == 0 {
		a.next.begin(x, rows)
		team.Run(a.draw)
	}
	a.now, a.next = a.next, a.now
	a.next.begin(x, next)
	d.X = a.now
	return d
}

// forget drops what was drawn for a step that does not come.
func (a *ahead) forget() { a.next.rows = nil }

func (b *batch) begin(x Drawn, rows []int) {
	b.Drawn, b.rows = x, rows
	for i := len(b.order); i < len(rows); i++ {
		b.order = append(b.order, i)
	}
	b.bytes.Columns, b.bytes.Divisor = x.Width(), x.Divisor()
	if n := len(b.order) * x.Width(); len(b.bytes.Data) < n {
		b.bytes.Data = make([]uint8, n)
	}
	b.taken.Store(0)
}

// draw draws samples, one by one, until all are taken.
func (b *batch) draw(k *kernels.Core) {
	for {
		i := int(b.taken.Add(1)) - 1
		if i >= len(b.rows) {
			return
		}
		b.Draw(k, b.bytes.Data[i*b.bytes.Columns:(i+1)*b.bytes.Columns], b.rows[i:i+1])
	}
}

// Gather converts the samples.
func (b *batch) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	b.bytes.Gather(k, dst, b.order[:len(rows)])
}

func (b *batch) nonZero(rows []int) int { return b.bytes.nonZero(b.order[:len(rows)]) }

func (b *batch) gatherParts(k *kernels.Core, s *kernels.SparseParts, rows []int, begin, end int) {
	b.bytes.gatherParts(k, s, b.order[:len(rows)], begin, end)
}
