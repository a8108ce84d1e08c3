package nn

import (
	"encoding/json"
	"fmt"
)

// A trainingText is the settings and the progress of training in a file.
type trainingText struct {
	Loss      string          `json:"loss"`
	BatchSize int             `json:"batch_size"`
	Steps     int             `json:"steps"` // updates
	Optimizer string          `json:"optimizer"`
	Settings  json.RawMessage `json:"settings"`

	Schedule        list[scheduleText] `json:"schedule,omitempty"`
	InputDropout    float32            `json:"input_dropout,omitempty"`
	Seed            uint64             `json:"seed,omitempty"`
	LabelSmoothing  float64            `json:"label_smoothing,omitempty"`
	ClassWeights    []float32          `json:"class_weights,omitempty"`
	ClipValue       float64            `json:"clipvalue,omitempty"`
	ClipNorm        float64            `json:"clipnorm,omitempty"`
	GlobalClipNorm  float64            `json:"global_clipnorm,omitempty"`
	Accumulate      int                `json:"gradient_accumulation_steps,omitempty"`
	Pending         int                `json:"accumulated,omitempty"` // batches since the last update
	EMA             float64            `json:"ema_momentum,omitempty"`
	EvaluateAverage bool               `json:"evaluate_average,omitempty"`
}

// text describes the trainer.
func (t *Trainer) text() (*trainingText, error) {
	c := t.config
	settings, err := json.Marshal(c.Optimizer)
	if err != nil {
		return nil, err
	}
	schedule, err := encodeSchedule(c.Schedule)
	if err != nil {
		return nil, err
	}
	return &trainingText{
		Loss: c.Loss.String(), BatchSize: c.BatchSize, Steps: t.step.updates,
		Optimizer: c.Optimizer.Name(), Settings: settings, Schedule: schedule,
		InputDropout: c.InputDropout, Seed: c.Seed, LabelSmoothing: c.LabelSmoothing, ClassWeights: c.ClassWeights,
		ClipValue: c.ClipValue, ClipNorm: c.ClipNorm, GlobalClipNorm: c.GlobalClipNorm,
		Accumulate: c.Accumulate, Pending: t.step.pending, EMA: c.EMA, EvaluateAverage: c.EvaluateAverage,
	}, nil
}

// config has the settings of the text, and the workers and the tier of c.
func (t *trainingText) config(c Config) (Config, error) {
	loss, err := ParseLoss(t.Loss)
	if err != nil {
		return c, err
	}
	optimizer, err := decodeOptimizer(t.Optimizer, t.Settings)
	if err != nil {
		return c, fmt.Errorf("optimizer %.40q: %w", t.Optimizer, err)
	}
	schedule, err := decodeSchedule(t.Schedule)
	if err != nil {
		return c, err
	}
	return Config{
		Loss: loss, BatchSize: t.BatchSize, Workers: c.Workers, Tier: c.Tier,
		Optimizer: optimizer, Schedule: schedule,
		InputDropout: t.InputDropout, Seed: t.Seed, LabelSmoothing: t.LabelSmoothing, ClassWeights: t.ClassWeights,
		ClipValue: t.ClipValue, ClipNorm: t.ClipNorm, GlobalClipNorm: t.GlobalClipNorm,
		Accumulate: t.Accumulate, EMA: t.EMA, EvaluateAverage: t.EvaluateAverage,
	}, nil
}

// decodeOptimizer is the optimizer of that name with those settings.
func decodeOptimizer(name string, settings []byte) (Optimizer, error) {
	o, err := NewOptimizer(name)
	if err != nil {
		return nil, err
	}
	switch o.(type) {
	case SGD:
		o, err = decodeAs[SGD](settings)
	case RMSprop:
		o, err = decodeAs[RMSprop](settings)
	case Adam:
		o, err = decodeAs[Adam](settings)
	case AdamW:
		o, err = decodeAs[AdamW](settings)
	}
	return o, err
}

// A keptTensors is numbers laid out like the weights, and how their names in a
// file begin.
type keptTensors struct {
	prefix  string
	numbers []float32
}

// kept lists the state that a file has beside the weights.
func (s *step) kept() []keptTensors {
	var list []keptTensors
	add := func(prefix string, numbers []float32) {
		if numbers != nil {
			list = append(list, keptTensors{prefix, numbers})
		}
	}
	add("optimizer.m.", s.state.m)
	add("optimizer.v.", s.state.v)
	add("optimizer.average.", s.state.average)
	if s.pending > 0 {
		add("optimizer.gradient.", s.state.gradients)
	}
	return list
}

// kept is the number of tensors of each kernel and bias that a file of these
// settings has beside the weights.
func (t *trainingText) kept(c Config) int {
	n := c.Optimizer.rule().moments()
	if c.EMA > 0 {
		n++
	}
	if t.Pending > 0 {
		n++
	}
	return n
}

// restore has a new trainer go on after that many steps, with the state as it was.
func (s *step) restore(t *trainingText, tensors []tensor) error {
	if t.Steps < 0 || t.Steps > maxSteps || t.Pending < 0 || t.Pending >= s.config.accumulate() {
		return fmt.Errorf("%w: training: %d updates, and %d batches of the next: want at most %d and %d",
			ErrFormat, t.Steps, t.Pending, maxSteps, s.config.accumulate()-1)
	}
	s.updates, s.pending = t.Steps, t.Pending
	for i, k := range s.kept() {
		ts := tensors[2*len(s.model.layers)*i:]
		if err := checkTensors(s.model.inputs, s.model.layers, ts, k.prefix); err != nil {
			return fmt.Errorf("%w: training: %w", ErrFormat, err)
		}
		s.model.setTensors(k.numbers, ts)
	}
	s.rule.skip(t.Steps)
	return nil
}
