package nn

import "fmt"

// LearningRate returns the rate of the next step.
func (t *Trainer) LearningRate() float64 { return t.config.learningRate(t.step.batches()) }

// SetLearningRate sets the rate of the next step. Without a schedule, the rate
// stays; with one, all its later rates are scaled alike. It fails if the rate is
// not a number of at least 0, or the schedule's is 0, which cannot be scaled. A
// file keeps the rate, as a setting of the optimizer or of the schedule.
func (t *Trainer) SetLearningRate(rate float64) error {
	if err := inRange("learning rate", rate, 0, unbounded); err != nil {
		return err
	}
	if t.config.Schedule == nil {
		t.config.Optimizer = t.config.Optimizer.withLearningRate(rate)
		return nil
	}
	scaled, ok := t.config.Schedule.(Scaled)
	if !ok {
		scaled.Of = t.config.Schedule
	}
	scaled.Factor = rate / scaled.Of.At(t.step.batches())
	c := t.config
	c.Schedule = scaled
	if err := c.validateSchedule(); err != nil {
		return fmt.Errorf("learning rate %v in step %d of a schedule: %w", rate, t.step.batches(), err)
	}
	t.config = c
	return nil
}
