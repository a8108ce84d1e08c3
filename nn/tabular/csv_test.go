package tabular

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
)

// A place is where a field begins, and its text.
type place struct {
	line int
	text string
}

// ours and theirs read all records, up to the first fault, for which they return
// its reason.
func ours(text string, comma rune) (records [][]place, err error) {
	c, err := newCSVReader(iotest.HalfReader(strings.NewReader(text)), comma)
	if err != nil {
		return nil, err
	}
	for {
		if err := c.next(); err != nil {
			return records, err
		}
		var record []place
		for i, f := range c.fields {
			record = append(record, place{f.line, string(c.field(i))})
		}
		records = append(records, record)
	}
}

func theirs(text string, comma rune) (records [][]place, err error) {
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
	c.Comma, c.TrimLeadingSpace, c.FieldsPerRecord = comma, !unicode.IsSpace(comma), -1
	for {
		fields, err := c.Read()
		if err != nil {
			return records, err
		}
		var record []place
		for i, f := range fields {
			line, _ := c.FieldPos(i)
			record = append(record, place{line, f})
		}
		records = append(records, record)
	}
}

// Both find the same records and the same fault.
func FuzzCSVReader(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "a,b\r\n\r\n1,2\r", "\ufeffa\n", "\"a\"\"b\", \"c\n\nd\"\r\n1,\n", "a,\n,\n\n,,", "\r", "\r\r\n", "\"\n\r",
		"\"a\" ,b", "\"a\"b\"", "a\"b", "\"a", "\"a\n\n", "\"", "\"\"", " \"a\"\n \u00a0b", "1\x00,\xff\n", "\n\n1",
	} {
		f.Add(text, ',')
		f.Add(text, ' ')
		f.Add(strings.ReplaceAll(text, ",", "→"), '→')
	}
	f.Add("a", '"')
	f.Fuzz(func(t *testing.T, text string, comma rune) {
		if comma == 0 {
			return // which stands for another
		}
		got, err := ours(text, comma)
		want, wantErr := theirs(text, comma)
		if errors.Is(err, errLong) {
			return // encoding/csv has no limit
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q: records %v, want %v", text, got, want)
		}
		if (err == io.EOF) != (wantErr == io.EOF) {
			t.Fatalf("%q: error %v, want %v", text, err, wantErr)
		}
		for _, fault := range []error{csv.ErrQuote, csv.ErrBareQuote} {
			if errors.Is(err, fault) != errors.Is(wantErr, fault) {
				t.Errorf("%q: error %v, want %v", text, err, wantErr)
			}
		}
	})
}

// Records leave nothing behind, whatever is in them.
func TestCSVReaderKeepsItsMemory(t *testing.T) {
	c, err := newCSVReader(strings.NewReader(strings.Repeat("1,\"2\n\"\"3\",4\n", 1000)), ',')
	if err != nil {
		t.Fatal(err)
	}
	if allocs := testing.AllocsPerRun(100, func() {
		if err := c.next(); err != nil {
			t.Fatal(err)
		}
	}); allocs != 0 {
		t.Errorf("%v allocations a record", allocs)
	}
}
