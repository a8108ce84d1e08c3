package tabular

import (
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// samples are the inputs and targets of some samples.
type samples struct {
	x, numbers rows
	labels     []uint8
	row        []float32 // that is read
}

func newSamples(s *source) *samples {
	return &samples{x: rows{width: len(s.inputs)}, numbers: rows{width: 1}, row: make([]float32, len(s.inputs))}
}

// read reads so many more samples. It returns io.EOF if there are not as many.
func (m *samples) read(s *source, n int) error {
	for range n {
		target, err := s.next(m.row)
		if err != nil {
			return err
		}
		m.x.append(m.row)
		switch {
		case s.target < 0:
		case s.classes == nil:
			m.numbers.append([]float32{target})
		default:
			m.addLabel(uint8(target))
		}
	}
	return nil
}

// addLabel doubles the room for labels where there is none left: then all the
// rooms together take less than 4 bytes a label, which is twice a field in a file.
func (m *samples) addLabel(label uint8) {
	if n := len(m.labels); n == cap(m.labels) {
		m.labels = append(make([]uint8, 0, 2*max(n, 512)), m.labels...)
	}
	m.labels = append(m.labels, label)
}

// dataset is a view of the samples.
func (m *samples) dataset(s *source) nn.Dataset {
	d := nn.Dataset{X: &m.x}
	switch {
	case s.target < 0:
	case s.classes == nil:
		d.Y = &m.numbers
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
// numbers than it has, but for a part of one chunk. Rows may begin in one chunk
// and end in another, so that chunks of a size that memory comes in are full.
type rows struct {
	width, n int
	chunks   [][]float32
}

const chunkFloats = 16384

func (r *rows) append(row []float32) {
	for at := r.n * r.width; len(row) > 0; {
		if at == len(r.chunks)*chunkFloats {
			r.chunks = append(r.chunks, make([]float32, chunkFloats))
		}
		n := copy(r.from(at), row)
		row, at = row[n:], at+n
	}
	r.n++
}

// from is what a chunk has of the table's numbers from one on.
func (r *rows) from(number int) []float32 {
	return r.chunks[number/chunkFloats][number%chunkFloats:]
}

func (r *rows) Len() int        { return r.n }
func (r *rows) Width() int      { return r.width }
func (r *rows) Validate() error { return nil }

func (r *rows) Gather(_ *kernels.Core, dst kernels.Mat, samples []int) {
	for i, s := range samples {
		row := dst.Row(i)
		for at := s * r.width; len(row) > 0; {
			n := copy(row, r.from(at))
			row, at = row[n:], at+n
		}
	}
}
