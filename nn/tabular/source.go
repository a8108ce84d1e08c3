package tabular

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A source reads the samples of a file.
type source struct {
	*records
	schema  *Schema
	inputs  []int    // columns
	isInput []bool   // of each column
	target  int      // column; -1: none
	classes *classes // nil: the target is a number
	n       int      // samples that were read
}

func newSource(rs *records, schema *Schema, target int) *source {
	n := len(rs.names)
	return &source{records: rs, schema: schema, inputs: make([]int, 0, n), isInput: make([]bool, n), target: target}
}

// addInput fails if the column is an input already: a row must not be larger in
// memory than in the file.
func (s *source) addInput(column int) error {
	if s.isInput[column] {
		return s.fault(column, errors.New("an input twice"))
	}
	s.inputs = append(s.inputs, column)
	s.isInput[column] = true
	return nil
}

// open reads the header and finds the columns.
func (c Config) open(r io.Reader) (*source, error) {
	rs, err := newRecords(r, c.Comma, c.NoHeader)
	if err != nil {
		return nil, err
	}
	target := len(rs.names) - 1
	if c.Target != "" {
		if target, err = rs.find(c.Target); err != nil {
			return nil, err
		}
	}
	s := newSource(rs, &Schema{Comma: c.Comma, NoHeader: c.NoHeader}, target)
	for _, name := range c.Inputs {
		i, err := rs.find(name)
		if err != nil {
			return nil, err
		}
		if err := s.addInput(i); err != nil {
			return nil, err
		}
	}
	for i := range rs.names {
		if c.Inputs == nil && i != s.target {
			s.addInput(i) // each once
		}
	}
	switch {
	case len(s.inputs) == 0:
		return nil, &Error{Line: rs.first, Err: errors.New("no columns for inputs")}
	case s.isInput[s.target]:
		return nil, rs.fault(s.target, errors.New("both an input and the target"))
	}
	s.schema.Inputs = make([]string, len(s.inputs))
	for i, column := range s.inputs {
		s.schema.Inputs[i] = rs.names[column]
	}
	s.schema.Target = rs.names[s.target]
	if !c.Regression {
		s.classes = newClasses()
	}
	return s, nil
}

// open reads the header and finds the columns.
func (s *Schema) open(r io.Reader) (*source, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	rs, err := newRecords(r, s.Comma, s.NoHeader)
	if err != nil {
		return nil, err
	}
	target, ok := rs.places[s.Target]
	if !ok {
		target = -1
	}
	src := newSource(rs, s, target)
	for _, name := range s.Inputs {
		i, ok := rs.places[name]
		if !ok {
			return nil, rs.noColumn(name)
		}
		if err := src.addInput(i); err != nil {
			return nil, err
		}
	}
	if len(s.Classes) > 0 {
		src.classes = knownClasses(s.Classes)
	}
	return src, nil
}

// find is the column of that name, or of that number.
func (rs *records) find(name string) (int, error) {
	if i, ok := rs.places[name]; ok {
		return i, nil
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 1 && i <= len(rs.names) {
		return i - 1, nil
	}
	return 0, rs.noColumn(name)
}

func (rs *records) noColumn(name string) error {
	return &Error{Line: rs.first, Err: fmt.Errorf("no column %s among the %d", quote(name), len(rs.names))}
}

// next sets x to the inputs of the next sample and returns its target: a number,
// the place of its class, or 0 if there is no target. It returns io.EOF after the
// last sample; a file without any is not right.
func (s *source) next(x []float32) (target float32, err error) {
	switch err := s.records.next(); {
	case err == io.EOF && s.n == 0:
		return 0, &Error{Err: errors.New("no samples")}
	case err != nil:
		return 0, err
	}
	for i, column := range s.inputs {
		if x[i], err = s.number(column); err != nil {
			return 0, err
		}
	}
	s.n++
	switch {
	case s.target < 0:
		return 0, nil
	case s.classes == nil:
		return s.number(s.target)
	}
	text, err := s.text(s.target)
	if err != nil {
		return 0, err
	}
	class, err := s.classes.find(text)
	if err != nil {
		return 0, s.fault(s.target, err)
	}
	return float32(class), nil
}

// readAll reads all samples.
func (s *source) readAll() (nn.Dataset, error) {
	all := newSamples(s)
	if err := all.read(s, math.MaxInt); err != io.EOF {
		return nn.Dataset{}, err
	}
	return all.dataset(s), nil
}

// sortClasses gives the schema its classes, if there are any, and returns the place of each
// in the order in which they were found.
func (s *source) sortClasses() []uint8 {
	if s.classes == nil {
		return nil
	}
	order := s.classes.sort()
	s.schema.Classes = s.classes.names
	return order
}
