package nn

import "math"

// RegressionMetrics is how near a model's numbers are to their targets, over all
// samples and outputs.
type RegressionMetrics struct {
	MeanAbsoluteError    float64 // mean of |y-t|
	RootMeanSquaredError float64 // √ of the mean of (y-t)²
	R2                   float64 // 1 - Σ(y-t)²/Σ(t-mean t)², mean over the outputs; 0: no better than the mean of the targets
	Samples              int
}

// EvaluateRegression returns how near the model's predictions are to the targets
// of d. For an output whose targets are all the same, R2 is NaN or -Inf.
func (m *Sequential) EvaluateRegression(d Dataset) (RegressionMetrics, error) {
	if err := d.validate(m); err != nil {
		return RegressionMetrics{}, err
	}
	p, err := m.predictor()
	if err != nil {
		return RegressionMetrics{}, err
	}
	defer m.predictors.Put(p)
	sums := make([]errorSum, m.Outputs())
	for at := 0; at < d.X.Len(); at += predictRows {
		p.predict(d, at)
		y, t := p.output(), p.targets.mat(p.rows)
		for i := range y.Rows {
			for j := range sums {
				sums[j].add(float64(y.At(i, j)), float64(t.At(i, j)))
			}
		}
	}
	return meanErrors(sums), nil
}

// An errorSum has the sums of one output. The targets' spread is summed up as
// B. Welford does (1962): it is never a small difference of large numbers.
type errorSum struct{ n, absolute, squared, mean, spread float64 }

func (s *errorSum) add(y, t float64) {
	s.n++
	s.absolute += math.Abs(y - t)
	s.squared += float64((y - t) * (y - t))
	delta := t - s.mean
	s.mean += delta / s.n
	s.spread += float64(delta * (t - s.mean))
}

func meanErrors(sums []errorSum) RegressionMetrics {
	var r RegressionMetrics
	outputs := float64(len(sums))
	for _, s := range sums {
		r.MeanAbsoluteError += s.absolute / s.n / outputs
		r.RootMeanSquaredError += s.squared / s.n / outputs
		r.R2 += (1 - s.squared/s.spread) / outputs
		r.Samples = int(s.n)
	}
	r.RootMeanSquaredError = math.Sqrt(r.RootMeanSquaredError)
	return r
}
