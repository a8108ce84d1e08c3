package nn

import (
	"context"
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A RegressionReport says how far predictions are from targets. It takes
// batches as they come; another order of them may change the last bits.
type RegressionReport struct {
	Samples int
	columns []columnSums
}

// columnSums has sums over the samples of one output. mean and spread are of
// the targets: spread is Σ(t-mean)².
type columnSums struct{ squares, absolutes, mean, spread float64 }

// NewRegressionReport returns an empty report for predictions of a number of
// outputs.
func NewRegressionReport(outputs int) *RegressionReport {
	return &RegressionReport{columns: make([]columnSums, outputs)}
}

// RegressionReport makes a report of the model's predictions. Of c, it looks at
// Workers and Tier; the result does not depend on either. When ctx is done
// first, it returns the context's error.
func (m *Sequential) RegressionReport(ctx context.Context, d Dataset, c Config) (*RegressionReport, error) {
	s, err := m.survey(d, c, false)
	if err != nil {
		return nil, err
	}
	defer s.team.Close()
	report := NewRegressionReport(m.Outputs())
	parts := make([]*RegressionReport, s.team.Workers()) // of the samples at hand
	sum := func(rank int, _ *kernels.Core) {
		f := s.flows[rank]
		parts[rank] = NewRegressionReport(m.Outputs())
		parts[rank].add(f.output(), f.targets.mat(f.rows))
	}
	if err := s.each(ctx, d, 0, d.X.Len(), sum, func(rank int) { report.merge(parts[rank]) }); err != nil {
		return nil, err
	}
	return report, nil
}

// Add takes a batch of predictions, a row for each sample, and their targets.
// It fails if they do not fit.
func (r *RegressionReport) Add(predictions, targets kernels.Mat) error {
	if err := checkPair(predictions, targets); err != nil {
		return err
	}
	if predictions.Cols != len(r.columns) {
		return fmt.Errorf("%w: predictions of %d numbers for a report of %d", ErrData, predictions.Cols, len(r.columns))
	}
	r.add(predictions, targets)
	return nil
}

// add takes sample after sample (B. Welford, 1962).
func (r *RegressionReport) add(predictions, targets kernels.Mat) {
	for i := range predictions.Rows {
		y, t := predictions.Row(i), targets.Row(i)
		r.Samples++
		for j := range r.columns {
			c := &r.columns[j]
			e := float64(y[j]) - float64(t[j])
			c.squares += float64(e * e)
			c.absolutes += max(e, -e)
			d := float64(t[j]) - c.mean
			c.mean += d / float64(r.Samples)
			c.spread += float64(d * (float64(t[j]) - c.mean))
		}
	}
}

// merge adds the sums of other samples (T. Chan, G. Golub, R. LeVeque, 1979).
func (r *RegressionReport) merge(other *RegressionReport) {
	n := r.Samples + other.Samples
	if other.Samples == 0 {
		return
	}
	part := float64(other.Samples) / float64(n)
	for j, o := range other.columns {
		c := &r.columns[j]
		c.squares += o.squares
		c.absolutes += o.absolutes
		d := o.mean - c.mean
		c.mean += float64(d * part)
		c.spread += o.spread + float64(float64(d*d)*float64(float64(r.Samples)*part))
	}
	r.Samples = n
}

// MSE returns the mean squared error over all samples and outputs; 0 of none.
func (r *RegressionReport) MSE() float64 {
	return r.mean(func(c columnSums) float64 { return c.squares })
}

// MAE returns the mean absolute error over all samples and outputs; 0 of none.
func (r *RegressionReport) MAE() float64 {
	return r.mean(func(c columnSums) float64 { return c.absolutes })
}

func (r *RegressionReport) mean(sum func(columnSums) float64) float64 {
	total := 0.0
	for _, c := range r.columns {
		total += sum(c)
	}
	return total / float64(max(1, r.Samples*len(r.columns)))
}

// R2 returns the coefficient of determination, the mean of 1 - Σ(y-t)²/Σ(t-t̄)²
// over the outputs. Of targets that are all the same, that is 1 if they are
// predicted exactly, and else 0, as in scikit-learn.
func (r *RegressionReport) R2() float64 {
	total := 0.0
	for _, c := range r.columns {
		switch {
		case c.spread != 0:
			total += 1 - c.squares/c.spread
		case c.squares == 0:
			total++
		}
	}
	return total / float64(max(1, len(r.columns)))
}

// checkPair fails unless predictions and targets are matrices of one shape.
func checkPair(predictions, targets kernels.Mat) error {
	if err := firstError(Floats{predictions}.Validate(), Floats{targets}.Validate()); err != nil {
		return fmt.Errorf("%w: %w", ErrData, err)
	}
	if predictions.Rows != targets.Rows || predictions.Cols != targets.Cols || predictions.Cols < 1 {
		return fmt.Errorf("%w: predictions of %d × %d and targets of %d × %d", ErrData,
			predictions.Rows, predictions.Cols, targets.Rows, targets.Cols)
	}
	return nil
}
