package tabular

import (
	"io"
	"os"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A Config says how to read a file, and what its columns are. A column is given
// by its name, or by its number from 1 if none has that name.
type Config struct {
	Target     string   // column to predict; "": the last
	Inputs     []string // columns to predict it from; nil: all others
	Regression bool     // the target is a number, not a class
	Comma      rune     // between fields; 0: ','
	NoHeader   bool     // the first line has data already; columns have numbers for names
}

// Read reads all samples of a CSV file. Their inputs are as in the file: see
// [Schema.Scale]. Targets are nn.Labels, or a table of one number each. Classes are
// sorted as numbers if they all are numbers, as texts if not. What is wrong with
// a file is an [Error]; errors of r itself stay what they are.
func Read(r io.Reader, c Config) (nn.Dataset, *Schema, error) {
	s, err := c.open(r)
	if err != nil {
		return nn.Dataset{}, nil, err
	}
	d, err := s.readAll()
	if err != nil {
		return nn.Dataset{}, nil, err
	}
	order := s.sortClasses()
	if labels, ok := d.Y.(nn.Labels); ok {
		for i, c := range labels.Of {
			labels.Of[i] = order[c]
		}
	}
	return d, s.schema, nil
}

// ReadFile is Read from a file, which errors name.
func ReadFile(path string, c Config) (d nn.Dataset, s *Schema, err error) {
	err = withFile(path, func(r io.Reader) error {
		d, s, err = Read(r, c)
		return err
	})
	return d, s, err
}

// Read reads samples of a schema that is known, to predict them or to score a
// model: inputs are scaled, classes are those of the schema. Columns may be in
// another order, and there may be others. If there is no column of the target, Y
// is nil.
func (s *Schema) Read(r io.Reader) (nn.Dataset, error) {
	src, err := s.open(r)
	if err != nil {
		return nn.Dataset{}, err
	}
	d, err := src.readAll()
	if err != nil {
		return nn.Dataset{}, err
	}
	return s.Scale(d), nil
}

// ReadFile is Read from a file, which errors name.
func (s *Schema) ReadFile(path string) (d nn.Dataset, err error) {
	err = withFile(path, func(r io.Reader) error {
		d, err = s.Read(r)
		return err
	})
	return d, err
}

// Scan reads a CSV file, as Read does, but keeps no samples: it returns their
// schema, which standardizes them. Memory does not grow with the file.
func Scan(r io.Reader, c Config) (*Schema, error) {
	s, err := c.open(r)
	if err != nil {
		return nil, err
	}
	m, row := newMoments(len(s.inputs)), make([]float32, len(s.inputs))
	for {
		switch _, err := s.next(row); {
		case err == io.EOF:
			s.sortClasses()
			s.schema.Scaler = m.scaler()
			return s.schema, nil
		case err != nil:
			return nil, err
		}
		m.add(row)
	}
}

// ScanFile is Scan of a file, which errors name.
func ScanFile(path string, c Config) (s *Schema, err error) {
	err = withFile(path, func(r io.Reader) error {
		s, err = Scan(r, c)
		return err
	})
	return s, err
}

func withFile(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return inFile(path, read(f))
}
