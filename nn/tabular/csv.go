package tabular

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// A csvReader reads the records of a CSV file as encoding/csv does, but into
// memory that it keeps. A csv.Reader leaves a string of each record behind, which
// is half of the file if fields have one digit: more than Read may take beside
// their numbers.
type csvReader struct {
	in     *bufio.Reader
	comma  []byte
	trim   bool    // spaces before a field
	line   int     // that was read last
	first  int     // of the record at hand
	size   int     // of the record at hand, in bytes of the file
	text   []byte  // of its fields, one after the other
	fields []field // of the record at hand
}

// A field is a text that begins where the one before it ends.
type field struct {
	end  int // in the text of the record
	line int // that it begins in
}

// maxRecord is the number of bytes that a record may have. It bounds the memory
// that a quote without an end, or a line of nothing but commas, can take.
const maxRecord = 256 << 10

var errLong = fmt.Errorf("a record of more than %d bytes", maxRecord)

// newCSVReader skips a byte order mark.
func newCSVReader(r io.Reader, comma rune) (*csvReader, error) {
	if comma == '"' || comma == '\r' || comma == '\n' || comma == utf8.RuneError || !utf8.ValidRune(comma) {
		return nil, fmt.Errorf("tabular: fields cannot be separated by %q", comma)
	}
	in := bufio.NewReaderSize(r, maxRecord)
	if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
		in.Discard(len(mark))
	}
	return &csvReader{in: in, comma: utf8.AppendRune(nil, comma), trim: !unicode.IsSpace(comma)}, nil
}

// next reads the next record. It returns io.EOF after the last.
func (c *csvReader) next() error {
	c.text, c.fields = c.text[:0], c.fields[:0]
	var line []byte
	for len(line) == 0 { // an empty line is no record
		c.first, c.size = c.line+1, 0
		var err error
		if line, err = c.readLine(); err != nil {
			return err
		}
	}
	for more := true; more; {
		var err error
		if line, more, err = c.readField(line); err != nil {
			return err
		}
	}
	return nil
}

// readField reads the field that a line begins with. It returns what is behind
// it, and whether that is another field.
func (c *csvReader) readField(line []byte) (rest []byte, more bool, err error) {
	if c.trim {
		line = bytes.TrimLeftFunc(line, unicode.IsSpace)
	}
	begin := c.line
	if len(line) > 0 && line[0] == '"' {
		rest, more, err = c.readQuoted(line[1:])
	} else {
		line, rest, more = bytes.Cut(line, c.comma)
		if bytes.IndexByte(line, '"') >= 0 {
			err = &Error{Line: begin, Err: csv.ErrBareQuote}
		}
		c.text = append(c.text, line...)
	}
	c.fields = append(c.fields, field{len(c.text), begin})
	return rest, more, err
}

// readQuoted is readField behind a quote. The field may go on in other lines.
func (c *csvReader) readQuoted(line []byte) (rest []byte, more bool, err error) {
	begin, quoteMark := c.line, []byte(`"`)
	for {
		text, rest, quote := bytes.Cut(line, quoteMark)
		c.text = append(c.text, text...)
		switch {
		case !quote:
			c.text = append(c.text, '\n')
			if rest, err = c.readLine(); err == io.EOF {
				return nil, false, &Error{Line: begin, Err: csv.ErrQuote}
			} else if err != nil {
				return nil, false, err
			}
		case bytes.HasPrefix(rest, quoteMark): // two stand for one
			c.text = append(c.text, quoteMark...)
			rest = rest[len(quoteMark):]
		case bytes.HasPrefix(rest, c.comma):
			return rest[len(c.comma):], true, nil
		case len(rest) == 0:
			return nil, false, nil
		default:
			return nil, false, &Error{Line: c.line, Err: csv.ErrQuote}
		}
		line = rest
	}
}

// readLine returns the next line, without its end, until another is read.
func (c *csvReader) readLine() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	c.size += len(line)
	switch {
	case err == bufio.ErrBufferFull || c.size > maxRecord:
		return nil, &Error{Line: c.first, Err: errLong}
	case err == io.EOF && len(line) > 0: // the last line need not have an end
	case err != nil:
		return nil, err
	}
	c.line++
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// field is the text of a field of the record at hand, until the next is read.
func (c *csvReader) field(column int) []byte {
	begin := 0
	if column > 0 {
		begin = c.fields[column-1].end
	}
	return c.text[begin:c.fields[column].end]
}
