package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Load reads a model that Save wrote. The error of a file that is damaged, or
// that another version wrote, wraps ErrFormat.
//
// A reader that does not tell how much it has, by a method Len or as an io.Seeker,
// is copied to a temporary file if that is more than 1 MB.
func Load(r io.Reader) (*Sequential, error) {
	f, err := readModelFile(r)
	if err != nil {
		return nil, err
	}
	return f.model, nil
}

// LoadFile reads a model from a file.
func LoadFile(path string) (*Sequential, error) { return loadFile(path, Load) }

func loadFile(path string, load func(io.Reader) (*Sequential, error)) (*Sequential, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := load(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// LoadTrainer reads a model with the state of its training, and returns a
// trainer that goes on as the saved one would have. Workers and Tier come from
// c, all else from the file.
func LoadTrainer(r io.Reader, c Config) (*Trainer, error) {
	f, err := readModelFile(r)
	if err != nil {
		return nil, err
	}
	return f.trainer(c)
}

// A modelFile is what a file has.
type modelFile struct {
	model    *Sequential
	training *trainingText // nil: none
	state    []tensor
	fit      string // fitText in JSON, of a checkpoint
	ofFit    []tensor
}

// trainer makes a trainer that goes on.
func (f *modelFile) trainer(c Config) (*Trainer, error) {
	if err := c.validateTeam(); err != nil {
		return nil, err
	}
	if f.training == nil {
		return nil, fmt.Errorf("%w: a model without the state of its training", ErrFormat)
	}
	t, err := f.newTrainer(c)
	if err != nil {
		return nil, fmt.Errorf("%w: training: %w", ErrFormat, err)
	}
	if err := t.step.restore(f.training, f.state); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// newTrainer makes a trainer with the settings of the file.
func (f *modelFile) newTrainer(c Config) (t *Trainer, err error) {
	if f.training.BatchSize == 0 {
		return nil, errors.New("batches of 0")
	}
	if c, err = f.training.config(c); err != nil {
		return nil, err
	}
	// There is to be no memory for a state that is not in the file.
	if got, want := len(f.state), 2*len(f.model.layers)*f.training.kept(c); got != want {
		return nil, fmt.Errorf("%d tensors of its state: want %d", got, want)
	}
	return NewTrainer(f.model, c)
}

func readModelFile(r io.Reader) (*modelFile, error) {
	f, err := openTensors(r)
	if err != nil {
		return nil, err
	}
	return readModel(f)
}

func readModel(file *tensorFile) (*modelFile, error) {
	metadata := file.metadata
	if metadata[formatKey] != fileFormat {
		return nil, fmt.Errorf("%w: a safetensors file, but not of a model of mnist-fast", ErrFormat)
	}
	if v := metadata[versionKey]; v != strconv.Itoa(fileVersion) {
		return nil, fmt.Errorf("%w: version %.40q; this program reads version %d", ErrFormat, v, fileVersion)
	}
	tensors, err := file.readAll()
	if err != nil {
		return nil, err
	}
	if checksum(metadata, tensors) != metadata[sha256Key] {
		return nil, fmt.Errorf("%w: the model does not match its checksum", ErrFormat)
	}
	f := &modelFile{fit: metadata[fitKey]}
	if f.model, err = buildModel(metadata[modelKey], tensors); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if text, ok := metadata[userKey]; ok {
		if err := json.Unmarshal([]byte(text), &f.model.Metadata); err != nil {
			return nil, fmt.Errorf("%w: metadata: %w", ErrFormat, err)
		}
	}
	if text, ok := metadata[trainingKey]; ok {
		if f.training, err = decodeAs[*trainingText]([]byte(text)); err != nil {
			return nil, fmt.Errorf("%w: training: %w", ErrFormat, err)
		}
	}
	f.state = tensors[2*len(f.model.layers):]
	isOfFit := func(t tensor) bool { return strings.HasPrefix(t.name, fitPrefix) }
	if i := slices.IndexFunc(f.state, isOfFit); i >= 0 {
		f.state, f.ofFit = f.state[:i], f.state[i:]
	}
	return f, nil
}

// buildModel makes the model that the text describes, from the first tensors.
func buildModel(description string, tensors []tensor) (*Sequential, error) {
	inputs, layers, err := parseModel(description)
	if err != nil {
		return nil, err
	}
	if err := checkTensors(inputs, layers, tensors, ""); err != nil {
		return nil, err
	}
	m, err := newModel(inputs, layers)
	if err != nil {
		return nil, err
	}
	m.setTensors(m.weights, tensors)
	return m, nil
}

// parseModel is the inverse of Sequential.text, from JSON.
func parseModel(description string) (inputs int, layers []Dense, err error) {
	text, err := decodeAs[modelText]([]byte(description))
	if err != nil {
		return 0, nil, fmt.Errorf("model: %w", err)
	}
	for i, l := range text.Layers {
		d := Dense{Units: l.Units, L1: l.L1, L2: l.L2, Dropout: l.Dropout}
		var err, err2 error
		d.Activation, err = ParseActivation(l.Activation)
		d.Kernel, err2 = ParseInitializer(l.Kernel)
		if err := firstError(err, err2); err != nil {
			return 0, nil, fmt.Errorf("layer %d: %w", i+1, err)
		}
		layers = append(layers, d)
	}
	return text.Inputs, layers, nil
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
