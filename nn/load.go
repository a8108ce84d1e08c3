package nn

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Load reads a model that Save wrote. The error of a file that is damaged, or
// that another version wrote, wraps ErrFormat.
func Load(r io.Reader) (*Sequential, error) {
	m, _, _, err := readModel(r)
	return m, err
}

// LoadFile reads a model from a file.
func LoadFile(path string) (*Sequential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := Load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// LoadTrainer reads a model with the state of its training, and returns a
// trainer that goes on as the saved one would have. Loss, Optimizer and
// BatchSize come from the file; Workers and Tier from c.
func LoadTrainer(r io.Reader, c Config) (*Trainer, error) {
	m, training, moments, err := readModel(r)
	if err != nil {
		return nil, err
	}
	if training == nil {
		return nil, fmt.Errorf("%w: a model without the state of its training", ErrFormat)
	}
	c.BatchSize = training.BatchSize
	if c.Loss, err = ParseLoss(training.Loss); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if c.Optimizer, err = decodeOptimizer(training.Optimizer, training.Settings); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	t, err := NewTrainer(m, c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if err := t.step.restore(training.Steps, moments); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// readModel also returns the tensors that are not weights.
func readModel(r io.Reader) (*Sequential, *trainingText, []tensor, error) {
	metadata, tensors, err := readTensors(r)
	if err != nil {
		return nil, nil, nil, err
	}
	if metadata[formatKey] != fileFormat {
		return nil, nil, nil, fmt.Errorf("%w: a safetensors file, but not of a model of mnist-fast", ErrFormat)
	}
	if v := metadata[versionKey]; v != strconv.Itoa(fileVersion) {
		return nil, nil, nil, fmt.Errorf("%w: version %q; this program reads version %d", ErrFormat, v, fileVersion)
	}
	if checksum(metadata, tensors) != metadata[sha256Key] {
		return nil, nil, nil, fmt.Errorf("%w: the model does not match its checksum", ErrFormat)
	}
	m, err := buildModel(metadata[modelKey], tensors)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if text, ok := metadata[userKey]; ok {
		if err := json.Unmarshal([]byte(text), &m.Metadata); err != nil {
			return nil, nil, nil, fmt.Errorf("%w: metadata: %v", ErrFormat, err)
		}
	}
	var training *trainingText
	if text, ok := metadata[trainingKey]; ok {
		if err := json.Unmarshal([]byte(text), &training); err != nil {
			return nil, nil, nil, fmt.Errorf("%w: training: %v", ErrFormat, err)
		}
	}
	return m, training, tensors[2*len(m.layers):], nil
}

// buildModel makes the model that the text describes, from the first tensors.
func buildModel(description string, tensors []tensor) (*Sequential, error) {
	var text modelText
	if err := json.Unmarshal([]byte(description), &text); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	var layers []Dense
	for i, l := range text.Layers {
		d := Dense{Units: l.Units, L1: l.L1, L2: l.L2}
		var err, err2 error
		d.Activation, err = ParseActivation(l.Activation)
		d.Kernel, err2 = ParseInitializer(l.Kernel)
		if err := firstError(err, err2); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i+1, err)
		}
		layers = append(layers, d)
	}
	if err := checkTensors(text.Inputs, layers, tensors, ""); err != nil {
		return nil, err
	}
	m, err := newModel(text.Inputs, layers)
	if err != nil {
		return nil, err
	}
	m.setTensors(m.weights, tensors)
	return m, nil
}

// setTensors sets the weights, or numbers laid out like them.
func (m *Sequential) setTensors(weights []float32, tensors []tensor) {
	for i, p := range m.params {
		m.setKernel(weights, i, kernels.View(tensors[2*i].data, p.inputs, p.units))
		copy(p.of(weights).bias, tensors[2*i+1].data)
	}
}

// checkTensors fails unless the tensors begin with those of such a model; it is
// called before memory is taken for one.
func checkTensors(inputs int, layers []Dense, tensors []tensor, prefix string) error {
	if len(tensors) < 2*len(layers) {
		return fmt.Errorf("%d tensors are too few for %d layers", len(tensors), len(layers))
	}
	for i, l := range layers {
		for j, shape := range [][]int{{inputs, l.Units}, {l.Units}} {
			name := fmt.Sprintf("%sdense_%d.%s", prefix, i+1, [...]string{"kernel", "bias"}[j])
			if t := tensors[2*i+j]; t.name != name || !slices.Equal(t.shape, shape) {
				return fmt.Errorf("tensor %q of shape %v: want %q of shape %v", t.name, t.shape, name, shape)
			}
		}
		inputs = l.Units
	}
	return nil
}

// decodeOptimizer is the optimizer of that name with those settings.
func decodeOptimizer(name string, settings []byte) (Optimizer, error) {
	o, err := NewOptimizer(name)
	if err != nil {
		return nil, err
	}
	switch o.(type) {
	case SGD:
		o, err = unmarshalAs[SGD](settings)
	case RMSprop:
		o, err = unmarshalAs[RMSprop](settings)
	case Adam:
		o, err = unmarshalAs[Adam](settings)
	case AdamW:
		o, err = unmarshalAs[AdamW](settings)
	}
	return o, err
}

func unmarshalAs[T Optimizer](text []byte) (Optimizer, error) {
	var o T
	err := json.Unmarshal(text, &o)
	return o, err
}

// restore goes on after that many steps, with the moments as they were.
func (s *step) restore(steps int, tensors []tensor) error {
	perMoment := 2 * len(s.model.layers)
	if len(tensors) != perMoment*len(s.moments) || steps < 0 || steps > maxSteps {
		return fmt.Errorf("%w: %d steps and %d tensors of moments: want %d", ErrFormat, steps, len(tensors), perMoment*len(s.moments))
	}
	for i, moment := range s.moments {
		ts := tensors[i*perMoment:]
		if err := checkTensors(s.model.inputs, s.model.layers, ts, momentPrefix[i]); err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		s.model.setTensors(moment, ts)
	}
	s.rule.skip(steps)
	s.steps = steps
	s.renew()
	return nil
}
