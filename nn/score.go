package nn

// Metrics is what a model scores on some samples.
type Metrics struct {
	Loss     float64 // mean over the samples, with penalties
	Accuracy float64 // share of samples that were right; 0 if the outputs are neither softmax nor sigmoid
	Samples  int
}

// A metricSum adds up the metrics of batches.
type metricSum struct {
	loss          float64
	hits, samples int
}

func (s *metricSum) add(b metricSum) {
	s.loss += b.loss
	s.hits += b.hits
	s.samples += b.samples
}

func (s metricSum) mean() Metrics {
	n := float64(max(1, s.samples))
	return Metrics{Loss: s.loss / n, Accuracy: float64(s.hits) / n, Samples: s.samples}
}

// score compares outputs with targets. The softmax does not change which output
// is largest, so it may be left out.
func (f *flow) score() {
	if !f.model.classifies() {
		return
	}
	y, t := f.output(), f.targets.mat(f.rows)
	for i := range f.rows {
		f.hits[i] = correct(y.Row(i), t.Row(i))
	}
}

// sums adds up the metrics of the rows, in their order, each with the penalty
// on its loss.
func (f *flow) sums(penalty float64) metricSum {
	s := metricSum{samples: f.rows}
	for i := range f.rows {
		s.loss += float64(f.losses[i]) + penalty
		if f.hits[i] {
			s.hits++
		}
	}
	return s
}

// classifies reports whether the outputs are probabilities. Other outputs are
// numbers, which are more or less near to their targets, but not right or wrong.
func (m *Sequential) classifies() bool {
	a := m.outputActivation()
	return a == Softmax || a == Sigmoid
}

// correct is Keras's accuracy of one sample: whether the largest output and the
// largest target are at the same place; for a single output, whether both are
// on the same side of ½.
func correct(y, t []float32) bool {
	if len(y) == 1 {
		return (y[0] > 0.5) == (t[0] > 0.5)
	}
	i := Argmax(y)
	return i >= 0 && i == Argmax(t)
}

// Argmax returns the place of the largest number, the first of equals; -1 if
// there is none that is not NaN.
func Argmax(xs []float32) int {
	best := -1
	for i, x := range xs {
		if x == x && (best < 0 || x > xs[best]) {
			best = i
		}
	}
	return best
}
