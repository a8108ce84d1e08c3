package tabular

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// A records reads the records of a CSV file, all of as many fields.
type records struct {
	*csvReader
	kept   bool           // the record at hand is yet to be returned
	names  []string       // of the columns
	places map[string]int // of the names
}

// newRecords reads the header.
func newRecords(r io.Reader, comma rune, noHeader bool) (*records, error) {
	in, err := newCSVReader(r, cmp.Or(comma, ','))
	if err != nil {
		return nil, err
	}
	switch err := in.next(); {
	case err == io.EOF:
		return nil, &Error{Err: errors.New("an empty file")}
	case err != nil:
		return nil, err
	}
	n := len(in.fields)
	rs := &records{csvReader: in, kept: noHeader, names: make([]string, 0, n), places: make(map[string]int, n)}
	return rs, rs.nameColumns(noHeader)
}

// nameColumns takes the names from the record at hand.
func (rs *records) nameColumns(noHeader bool) error {
	for i := range rs.fields {
		name := string(bytes.TrimSpace(rs.field(i)))
		if noHeader || name == "" {
			name = strconv.Itoa(i + 1)
		}
		if !utf8.ValidString(name) {
			return rs.fault(i, errors.New("its name is not UTF-8"))
		}
		if first, ok := rs.places[name]; ok {
			return &Error{Line: rs.first, Err: fmt.Errorf("columns %d and %d are both called %q", first+1, i+1, name)}
		}
		rs.places[name] = i
		rs.names = append(rs.names, name)
	}
	return nil
}

// next reads the next record. It returns io.EOF after the last.
func (rs *records) next() error {
	if rs.kept {
		rs.kept = false
		return nil
	}
	if err := rs.csvReader.next(); err != nil {
		return err
	}
	if len(rs.fields) != len(rs.names) {
		return &Error{Line: rs.first, Err: fmt.Errorf("%w: %d, but %d columns", csv.ErrFieldCount, len(rs.fields), len(rs.names))}
	}
	return nil
}

// fault is the Error of a field of the record at hand.
func (rs *records) fault(column int, err error) error {
	e := &Error{Line: rs.fields[column].line, Column: strconv.Itoa(column + 1), Err: err}
	if column < len(rs.names) {
		e.Column = rs.names[column]
	}
	return e
}

// text is a field of the record at hand.
func (rs *records) text(column int) ([]byte, error) {
	text := bytes.TrimSpace(rs.field(column))
	if len(text) == 0 {
		return nil, rs.fault(column, ErrMissing)
	}
	return text, nil
}

// number is a field of the record at hand.
func (rs *records) number(column int) (float32, error) {
	text, err := rs.text(column)
	if err != nil {
		return 0, err
	}
	x, err := strconv.ParseFloat(string(text), 32)
	switch {
	case bytes.IndexByte(text, '_') >= 0: // a number in Go alone
	case err == nil && x-x == 0: // neither NaN nor infinite
		return float32(x), nil
	case errors.Is(err, strconv.ErrRange):
		return 0, rs.fault(column, fmt.Errorf("%s is beyond float32", quote(text)))
	}
	return 0, rs.fault(column, fmt.Errorf("%s is not a number", quote(text)))
}

// ErrMissing is the reason if a field is empty.
var ErrMissing = errors.New("missing value")

// quote is a text as an error shows it.
func quote[T string | []byte](text T) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(string(text[:most])) + "…"
	}
	return strconv.Quote(string(text))
}
