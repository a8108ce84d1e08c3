package tabular_test

import (
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

// A number takes 4 bytes, and at least 2 in a file: there is no room for anything
// else. Rows of 8193 numbers are such that a chunk of memory does not have two.
func TestReadMemory(t *testing.T) {
	for name, test := range map[string]struct {
		line string
		c    tabular.Config
	}{
		"numbers":         {strings.Repeat("1,", 9) + "1\n", tabular.Config{Regression: true}},
		"classes":         {"1,2\n", tabular.Config{}},
		"wide rows":       {strings.Repeat("1,", 8193) + "1\n", tabular.Config{Regression: true}},
		"a quote in each": {strings.Repeat("1,", 99) + "\"1\"\n", tabular.Config{Regression: true}},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(test.line, 12<<20/len(test.line))
			test.c.NoHeader = true
			heap.RequireTwice(t, len(text), 3<<20, func() { read(t, text, test.c) })
		})
	}
}

// The worst records: nothing but separators, and a quote that does not end.
func TestHostileFilesTakeLittle(t *testing.T) {
	for name, text := range map[string]string{
		"commas":      strings.Repeat(",", 8<<20),
		"one line":    strings.Repeat("1", 8<<20),
		"quote":       `"` + strings.Repeat("\n", 8<<20),
		"empty rows":  strings.Repeat("\n", 8<<20),
		"names":       strings.Repeat(strings.Repeat(",", 255<<10)+"\n", 2),
		"columns":     strings.Repeat("1,", 120<<10) + "1\n",
		"quoted text": `"` + strings.Repeat("1", 250<<10) + "\",1\n",
	} {
		for _, noHeader := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				heap.RequireTwice(t, 0, heap.More, func() {
					tabular.Read(strings.NewReader(text), tabular.Config{NoHeader: noHeader, Regression: true})
				})
			})
		}
	}
}
