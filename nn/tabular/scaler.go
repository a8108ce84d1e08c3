package tabular

import (
	"fmt"
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A Scaler standardizes inputs: it sets x to (x-Mean)/SD, each column with its
// own.
type Scaler struct {
	Mean []float64 `json:"mean"`
	SD   []float64 `json:"sd"` // standard deviation (of the samples, not an estimate); 1 for a constant column, which becomes 0
}

// FitScaler returns the scaler after which the columns of x have mean 0 and
// standard deviation 1.
func FitScaler(x nn.Table) *Scaler {
	m, at := newMoments(x.Width()), []int{0}
	core, row := kernels.NewCore(kernels.Auto), kernels.NewMat(1, x.Width())
	for i := range x.Len() {
		at[0] = i
		x.Gather(core, row, at)
		m.add(row.Data)
	}
	return m.scaler()
}

// Table returns a view of a table with its rows scaled.
func (s *Scaler) Table(t nn.Table) nn.Table { return scaled{t, s} }

func (s *Scaler) scale(row []float32) {
	for i, x := range row {
		row[i] = float32((float64(x) - s.Mean[i]) / s.SD[i])
	}
}

// validate fails unless the scaler is one of so many columns.
func (s *Scaler) validate(columns int) error {
	if len(s.Mean) != columns || len(s.SD) != columns {
		return fmt.Errorf("tabular: %d means and %d standard deviations for %d columns", len(s.Mean), len(s.SD), columns)
	}
	for i, sd := range s.SD {
		if !(sd > 0) {
			return fmt.Errorf("tabular: standard deviation %d is %v: want more than 0", i+1, sd)
		}
	}
	return nil
}

type scaled struct {
	nn.Table
	scaler *Scaler
}

// Validate also fails if the scaler is one of another number of columns.
func (s scaled) Validate() error {
	if err := s.scaler.validate(s.Width()); err != nil {
		return err
	}
	return s.Table.Validate()
}

func (s scaled) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	s.Table.Gather(k, dst, rows)
	for i := range rows {
		s.scaler.scale(dst.Row(i))
	}
}

// moments has the means of columns and their sums of squared deviations, as B.
// Welford computes them (1962): exact zeros for a constant column, no differences of large numbers.
type moments struct {
	n            float64
	mean, spread []float64
}

func newMoments(columns int) *moments {
	return &moments{mean: make([]float64, columns), spread: make([]float64, columns)}
}

func (m *moments) add(row []float32) {
	m.n++
	for i, x := range row {
		delta := float64(x) - m.mean[i]
		m.mean[i] += delta / m.n
		m.spread[i] += float64(delta * (float64(x) - m.mean[i]))
	}
}

func (m *moments) scaler() *Scaler {
	s := &Scaler{Mean: m.mean, SD: make([]float64, len(m.mean))}
	for i, spread := range m.spread {
		s.SD[i] = math.Sqrt(spread / max(1, m.n))
		if s.SD[i] == 0 {
			s.SD[i] = 1
		}
	}
	return s
}
