package nn

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A Table is a list of samples, or of what is to be predicted for them: rows
// of numbers, kept in whatever form takes little memory.
type Table interface {
	Len() int   // rows
	Width() int // numbers in a row
	// Gather sets row i of dst to row rows[i] of the table. Several goroutines
	// may call it at once.
	Gather(k *kernels.Core, dst kernels.Mat, rows []int)
	// Validate fails if the table cannot be used.
	Validate() error
}

// A Dataset is a table of samples and a table of their targets. The loss of
// sample i is multiplied with Weights[i], if there are any; a mean is still one
// over the number of samples, as in Keras, and the accuracy does not weigh them.
type Dataset struct {
	X, Y    Table
	Weights []float32
}

// ErrData is the error of a data set that does not fit the model.
var ErrData = errors.New("nn: bad data")

// validateParts fails unless tables and weights are valid and belong together.
func (d Dataset) validateParts() error {
	if d.X == nil || d.Y == nil {
		return fmt.Errorf("%w: no samples or no targets", ErrData)
	}
	for _, t := range []Table{d.X, d.Y} {
		if err := t.Validate(); err != nil {
			return fmt.Errorf("%w: %w", ErrData, err)
		}
	}
	switch {
	case d.X.Len() != d.Y.Len():
		return fmt.Errorf("%w: %d samples but %d targets", ErrData, d.X.Len(), d.Y.Len())
	case d.X.Len() == 0:
		return fmt.Errorf("%w: no samples", ErrData)
	}
	return d.validateWeights()
}

// validate fails unless the parts are valid and fit the model.
func (d Dataset) validate(m *Sequential) error {
	if err := d.validateParts(); err != nil {
		return err
	}
	switch {
	case d.X.Width() != m.Inputs():
		return fmt.Errorf("%w: samples of %d numbers for a model of %d inputs", ErrData, d.X.Width(), m.Inputs())
	case d.Y.Width() != m.Outputs():
		return fmt.Errorf("%w: targets of %d numbers for a model of %d outputs", ErrData, d.Y.Width(), m.Outputs())
	}
	return nil
}

func (d Dataset) validateWeights() error {
	if d.Weights != nil && len(d.Weights) != d.X.Len() {
		return fmt.Errorf("%w: %d samples but %d weights", ErrData, d.X.Len(), len(d.Weights))
	}
	for i, w := range d.Weights {
		if !(w >= 0 && w <= math.MaxFloat32) {
			return fmt.Errorf("%w: weight %v of sample %d: want a number of at least 0", ErrData, w, i)
		}
	}
	return nil
}

// weight is that of a sample.
func (d Dataset) weight(sample int) float32 {
	if d.Weights == nil {
		return 1
	}
	return d.Weights[sample]
}

// Floats is a table of float32 numbers.
type Floats struct{ kernels.Mat }

func (f Floats) Len() int   { return f.Rows }
func (f Floats) Width() int { return f.Cols }

// Validate fails if the rows are not contiguous or the data are too short.
func (f Floats) Validate() error {
	switch {
	case f.Rows < 0 || f.Cols < 0:
		return fmt.Errorf("%d rows of %d", f.Rows, f.Cols)
	case f.ColStride != 1 && f.Cols > 1:
		return errors.New("rows are not contiguous")
	case f.Rows > 0 && f.Cols > 0 && (f.RowStride < 0 || (f.Rows-1)*f.RowStride+f.Cols > len(f.Data)):
		return fmt.Errorf("%d numbers are too few for %d rows of %d", len(f.Data), f.Rows, f.Cols)
	}
	return nil
}

// Gather copies the rows.
func (f Floats) Gather(_ *kernels.Core, dst kernels.Mat, rows []int) {
	for i, r := range rows {
		copy(dst.Row(i), f.Row(r))
	}
}

func (f Floats) nonZero(rows []int) int {
	n := 0
	for _, r := range rows {
		for _, x := range f.Row(r) {
			if x != 0 {
				n++
			}
		}
	}
	return n
}

func (f Floats) gatherParts(k *kernels.Core, s *kernels.SparseParts, rows []int, begin, end int) {
	k.GatherFloats(s, begin, end, f.Mat, rows)
}

// Bytes is a table of bytes, such as the pixels of images, that stand for
// numbers from 0 to 255/Divisor.
type Bytes struct {
	Data    []uint8 // row after row
	Columns int
	Divisor float32
}

func (b Bytes) Len() int   { return len(b.Data) / max(1, b.Columns) }
func (b Bytes) Width() int { return b.Columns }

// Validate fails if the data are not whole rows, or the divisor is not a number
// above 0.
func (b Bytes) Validate() error {
	if b.Columns < 1 || len(b.Data)%b.Columns != 0 {
		return fmt.Errorf("%d bytes are not rows of %d", len(b.Data), b.Columns)
	}
	if !(b.Divisor > 0) {
		return fmt.Errorf("divisor %v: want more than 0", b.Divisor)
	}
	return nil
}

// Gather converts the rows.
func (b Bytes) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	for i, r := range rows {
		k.Pixels(dst.Row(i), b.row(r), b.Divisor)
	}
}

func (b Bytes) row(row int) []uint8 { return b.Data[row*b.Columns : (row+1)*b.Columns] }

func (b Bytes) nonZero(rows []int) int {
	n := len(rows) * b.Columns
	for _, r := range rows {
		n -= bytes.Count(b.row(r), []byte{0})
	}
	return n
}

func (b Bytes) gatherParts(k *kernels.Core, s *kernels.SparseParts, rows []int, begin, end int) {
	k.GatherBytes(s, begin, end, b.Data, rows, b.Divisor)
}

// Labels is a table of classes, one byte each. A row is one-hot: 1 at the
// class, else 0.
type Labels struct {
	Of      []uint8
	Classes int
}

func (l Labels) Len() int   { return len(l.Of) }
func (l Labels) Width() int { return l.Classes }

// Validate fails if a label is not below the number of classes.
func (l Labels) Validate() error {
	for i, c := range l.Of {
		if int(c) >= l.Classes {
			return fmt.Errorf("label %d of sample %d: there are only %d classes", c, i, l.Classes)
		}
	}
	return nil
}

// Gather writes one-hot rows.
func (l Labels) Gather(_ *kernels.Core, dst kernels.Mat, rows []int) {
	for i, r := range rows {
		row := dst.Row(i)
		clear(row)
		row[l.Of[r]] = 1
	}
}
