package tabular

import (
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// samples are the inputs and targets of some samples.
type samples struct {
	x, numbers *rows
	labels     []uint8
}

func newSamples(s *source) *samples { return &samples{x: newRows(len(s.inputs)), numbers: newRows(1)} }

// read reads so many more samples. It returns io.EOF if there are not as many.
func (m *samples) read(s *source, n int) error {
	for range n {
		target, err := s.next(m.x.room())
		if err != nil {
			return err
		}
		m.x.n++
		switch {
		case s.target < 0:
		case s.classes == nil:
			m.numbers.room()[0] = target
			m.numbers.n++
		default:
			m.labels = append(m.labels, uint8(target))
		}
	}
	return nil
}

// dataset is a view of the samples.
func (m *samples) dataset(s *source) nn.Dataset {
	d := nn.Dataset{X: m.x}
	switch {
	case s.target < 0:
	case s.classes == nil:
		d.Y = m.numbers
	default:
		d.Y = nn.Labels{Of: m.labels, Classes: len(s.classes.names)}
	}
	return d
}

// clear forgets the samples, but keeps their memory.
func (m *samples) clear() {
	m.x.n, m.numbers.n, m.labels = 0, 0, m.labels[:0]
}

// rows is a table that grows without moving: at no time is there memory for more
// numbers than it has, but for a part of one chunk.
type rows struct {
	width, n int
	perChunk int // rows
	chunks   [][]float32
}

const chunkFloats = 16384

func newRows(width int) *rows {
	return &rows{width: width, perChunk: max(1, chunkFloats/width)}
}

// room is the row after the last. It belongs to the table once n is one more.
func (r *rows) room() []float32 {
	if r.n == len(r.chunks)*r.perChunk {
		r.chunks = append(r.chunks, make([]float32, r.perChunk*r.width))
	}
	return r.row(r.n)
}

func (r *rows) row(i int) []float32 {
	at := i % r.perChunk * r.width
	return r.chunks[i/r.perChunk][at : at+r.width]
}

func (r *rows) Len() int        { return r.n }
func (r *rows) Width() int      { return r.width }
func (r *rows) Validate() error { return nil }

func (r *rows) Gather(_ *kernels.Core, dst kernels.Mat, samples []int) {
	for i, s := range samples {
		copy(dst.Row(i), r.row(s))
	}
}
