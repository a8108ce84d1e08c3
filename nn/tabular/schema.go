package tabular

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A Schema says what the columns of a file are to a model.
type Schema struct {
	Inputs   []string `json:"inputs"`              // names of the columns, in the model's order
	Target   string   `json:"target"`              // name of the column
	Classes  []string `json:"classes,omitempty"`   // what the target may be, sorted; nil: a number
	Scaler   *Scaler  `json:"scaler,omitempty"`    // nil: inputs as they are
	Comma    rune     `json:"comma,omitempty"`     // as in Config
	NoHeader bool     `json:"no_header,omitempty"` // as in Config
}

// Standardize makes Scale standardize the inputs, with their means and standard
// deviations in x, the samples to train on.
func (s *Schema) Standardize(x nn.Table) { s.Scaler = FitScaler(x) }

// Scale returns a view of d with the inputs as the model is to see them.
func (s *Schema) Scale(d nn.Dataset) nn.Dataset {
	if s.Scaler != nil {
		d.X = s.Scaler.Table(d.X)
	}
	return d
}

// metadataKey is that of a schema in a model's metadata.
const metadataKey = "tabular"

// Store puts the schema into the model's metadata, to be saved with it. It fails
// if the model has another number of inputs, or does not have an output for each
// class, or one for a number.
func (s *Schema) Store(m *nn.Sequential) error {
	if err := s.fit(m); err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if m.Metadata == nil {
		m.Metadata = map[string]string{}
	}
	m.Metadata[metadataKey] = string(text)
	return nil
}

// SchemaOf returns the schema that was stored in the model. It fails if there is
// none, or it does not fit the model.
func SchemaOf(m *nn.Sequential) (*Schema, error) {
	text, ok := m.Metadata[metadataKey]
	if !ok {
		return nil, errors.New("tabular: the model has no schema")
	}
	s := new(Schema)
	if err := json.Unmarshal([]byte(text), s); err != nil {
		return nil, fmt.Errorf("tabular: %w: the model's schema: %v", nn.ErrFormat, err)
	}
	if err := s.fit(m); err != nil {
		return nil, fmt.Errorf("%w: %w", nn.ErrFormat, err)
	}
	return s, nil
}

// fit fails unless the schema makes sense and is one for the model.
func (s *Schema) fit(m *nn.Sequential) error {
	outputs := max(1, len(s.Classes))
	if len(s.Inputs) != m.Inputs() || outputs != m.Outputs() {
		return fmt.Errorf("tabular: a schema of %d inputs and %d outputs for a model of %d and %d", len(s.Inputs), outputs, m.Inputs(), m.Outputs())
	}
	return s.validate()
}

// validate fails unless the schema makes sense.
func (s *Schema) validate() error {
	switch {
	case len(s.Inputs) == 0:
		return errors.New("tabular: a schema without inputs")
	case len(s.Classes) > maxClasses:
		return fmt.Errorf("tabular: a schema of %d classes: want at most %d", len(s.Classes), maxClasses)
	case s.Scaler != nil:
		return s.Scaler.validate(len(s.Inputs))
	}
	return nil
}
