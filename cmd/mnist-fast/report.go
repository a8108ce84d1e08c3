package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/page"
)

// A report is something that a command has to tell. Its fields are for JSON.
type report interface {
	text() string // for people, with the end of the last line
}

// A reporter writes reports. It fails if they cannot be written.
type reporter interface {
	report(report) error
}

// newReporter returns the reporter for the value of -json.
func newReporter(w io.Writer, asJSON bool) reporter {
	if asJSON {
		return jsonReporter{json.NewEncoder(w)}
	}
	return textReporter{w}
}

type textReporter struct{ w io.Writer }

func (r textReporter) report(what report) error {
	_, err := io.WriteString(r.w, what.text())
	return err
}

// A jsonReporter writes a line for each report.
type jsonReporter struct{ *json.Encoder }

func (r jsonReporter) report(what report) error { return r.Encode(what) }

// A number is a float64 that may be NaN or infinite in JSON too: null.
type number float64

func (x number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

// UnmarshalJSON is the inverse of MarshalJSON, but for what kind of null it was.
func (x *number) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*x = number(math.NaN())
		return nil
	}
	return json.Unmarshal(text, (*float64)(x))
}

// percent is a share for people.
func (x number) percent() string { return fmt.Sprintf("%.2f %%", 100*x) }

// A table is text in two columns, the first of titles.
type table struct{ strings.Builder }

// facts adds a line for each.
func (t *table) facts(facts []page.Fact) {
	for _, f := range facts {
		t.row(f.Name, "%s", f.Value)
	}
}

// row adds a line.
func (t *table) row(title, format string, args ...any) {
	fmt.Fprintf(t, "%-10s ", title)
	fmt.Fprintf(t, format+"\n", args...)
}
