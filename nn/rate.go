package nn

// LearningRate returns the learning rate of the next step.
func (t *Trainer) LearningRate() float64 {
	switch o := t.config.Optimizer.(type) {
	case SGD:
		return o.LearningRate
	case RMSprop:
		return o.LearningRate
	case Adam:
		return o.LearningRate
	case AdamW:
		return o.LearningRate
	}
	return 0
}

// SetLearningRate sets the learning rate of the steps to come. It is kept in
// files as a setting of the optimizer. A rate that is negative, infinite or NaN
// is an error.
func (t *Trainer) SetLearningRate(rate float64) error {
	if err := inRange("learning rate", rate, 0, unbounded); err != nil {
		return err
	}
	t.config.Optimizer = withRate(t.config.Optimizer, rate)
	switch r := t.step.rule.(type) {
	case *sgdRule:
		r.lr = float32(rate)
	case *momentumRule:
		r.lr = float32(rate)
	case *rmspropRule:
		r.lr = float32(rate)
	case *adamRule:
		r.config.LearningRate = rate
	}
	return nil
}

// withRate is an optimizer with another learning rate.
func withRate(o Optimizer, rate float64) Optimizer {
	switch o := o.(type) {
	case SGD:
		o.LearningRate = rate
		return o
	case RMSprop:
		o.LearningRate = rate
		return o
	case Adam:
		o.LearningRate = rate
		return o
	case AdamW:
		o.LearningRate = rate
		return o
	}
	return o
}
