package tabular

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxRecord is the number of bytes that a record may have. It bounds the memory
// that a quote without an end, or a line of nothing but commas, can take.
const maxRecord = 256 << 10

// A records reads the records of a CSV file, all of as many fields.
type records struct {
	in     *limited
	csv    *csv.Reader
	fields []string       // of the record at hand; without NoHeader, first the header
	kept   bool           // the record at hand is yet to be returned
	names  []string       // of the columns
	places map[string]int // of the names
}

// A limited returns at most so many bytes until it is told to go on.
type limited struct {
	io.Reader
	left int
}

var errLong = fmt.Errorf("a record of more than %d bytes", maxRecord)

func (l *limited) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, errLong
	}
	n, err := l.Reader.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// newRecords reads the header.
func newRecords(r io.Reader, comma rune, noHeader bool) (*records, error) {
	in := &limited{r, maxRecord}
	buffer := bufio.NewReader(in)
	if mark, _ := buffer.Peek(3); string(mark) == "\ufeff" {
		buffer.Discard(len(mark))
	}
	rs := &records{in: in, csv: csv.NewReader(buffer), places: map[string]int{}}
	rs.csv.ReuseRecord = true
	if comma != 0 {
		rs.csv.Comma = comma
	}
	rs.csv.TrimLeadingSpace = !unicode.IsSpace(rs.csv.Comma)
	switch err := rs.next(); {
	case err == io.EOF:
		return nil, &Error{Err: errors.New("an empty file")}
	case err != nil:
		return nil, err
	}
	rs.kept = noHeader
	return rs, rs.nameColumns(noHeader)
}

// nameColumns takes the names from the record at hand.
func (rs *records) nameColumns(noHeader bool) error {
	for i, field := range rs.fields {
		name := strings.Clone(strings.TrimSpace(field)) // not the whole record
		if noHeader || name == "" {
			name = strconv.Itoa(i + 1)
		}
		if !utf8.ValidString(name) {
			return rs.fault(i, errors.New("its name is not UTF-8"))
		}
		if first, ok := rs.places[name]; ok {
			return &Error{Line: rs.line(), Err: fmt.Errorf("columns %d and %d are both called %q", first+1, i+1, name)}
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
	rs.in.left = maxRecord
	last := rs.line()
	fields, err := rs.csv.Read()
	switch {
	case err == nil:
		rs.fields = fields
		return nil
	case errors.Is(err, errLong):
		return &Error{Line: last + 1, Err: err}
	case errors.Is(err, csv.ErrFieldCount):
		rs.fields = fields
		return &Error{Line: rs.line(), Err: fmt.Errorf("%w: %d, but %d columns", csv.ErrFieldCount, len(fields), len(rs.names))}
	}
	return syntaxError(err)
}

// line is that of the record at hand, 0 before the first.
func (rs *records) line() int {
	if rs.fields == nil {
		return 0
	}
	line, _ := rs.csv.FieldPos(0)
	return line
}

// fault is the Error of a field of the record at hand.
func (rs *records) fault(column int, err error) error {
	line, _ := rs.csv.FieldPos(column)
	e := &Error{Line: line, Column: strconv.Itoa(column + 1), Err: err}
	if column < len(rs.names) {
		e.Column = rs.names[column]
	}
	return e
}

// text is a field of the record at hand.
func (rs *records) text(column int) (string, error) {
	text := strings.TrimSpace(rs.fields[column])
	if text == "" {
		return "", rs.fault(column, ErrMissing)
	}
	return text, nil
}

// number is a field of the record at hand.
func (rs *records) number(column int) (float32, error) {
	text, err := rs.text(column)
	if err != nil {
		return 0, err
	}
	x, err := strconv.ParseFloat(text, 32)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, rs.fault(column, fmt.Errorf("%s is beyond float32", quote(text)))
	case err != nil || x-x != 0: // NaN or infinite
		return 0, rs.fault(column, fmt.Errorf("%s is not a number", quote(text)))
	}
	return float32(x), nil
}

// ErrMissing is the reason if a field is empty.
var ErrMissing = errors.New("missing value")

// quote is a text as an error shows it.
func quote(text string) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(text[:most]) + "…"
	}
	return strconv.Quote(text)
}
