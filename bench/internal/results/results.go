// Package results reads recorded benchmarks, and knows for each figure the line
// that it is from.
package results

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"
)

// A Line is one measurement: a line of a recorded file.
type Line struct {
	File   string
	Number int               // of the line, from 1
	Name   string            // without "Benchmark" and the number of processors
	Base   string            // the name up to the first /
	Keys   map[string]string // the key=value parts of the name
	Values map[string]float64
	Config map[string]string // the lines of configuration above, pkg among them
}

// Read reads results in Go's benchmark format. Text between them is passed
// over, but a line that looks like a result and is none is an error.
func Read(r io.Reader, file string) (lines []Line, err error) {
	reader := benchfmt.NewReader(r, file)
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, rec
		case *benchfmt.Result:
			lines = append(lines, newLine(rec))
		}
	}
	return lines, reader.Err()
}

// ReadFiles reads the results of files, in turn.
func ReadFiles(paths ...string) (all []Line, err error) {
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		lines, err := Read(f, path)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	return all, nil
}

func newLine(r *benchfmt.Result) Line {
	file, number := r.Pos()
	base, parts := r.Name.Parts()
	l := Line{File: file, Number: number, Name: string(base), Base: string(base),
		Keys: map[string]string{}, Values: map[string]float64{}, Config: map[string]string{}}
	for _, part := range parts {
		if part[0] == '-' { // the number of processors
			continue
		}
		l.Name += string(part)
		if key, value, ok := strings.Cut(string(part[1:]), "="); ok {
			l.Keys[key] = value
		}
	}
	for _, v := range r.Values {
		l.Values[v.Unit] = v.Value
	}
	for _, c := range r.Config {
		l.Config[c.Key] = string(c.Value)
	}
	return l
}

// A Group is the measurements of one benchmark, a package's.
type Group struct {
	Line         // the first of them
	Lines []Line // all
}

// Groups puts the lines of a name together, in the order in which the names
// first appear. Files are told apart.
func Groups(lines []Line) (groups []Group) {
	at := map[string]int{}
	for _, l := range lines {
		id := l.File + "\n" + l.ID()
		i, ok := at[id]
		if !ok {
			i = len(groups)
			at[id] = i
			groups = append(groups, Group{Line: l})
		}
		groups[i].Lines = append(groups[i].Lines, l)
	}
	return groups
}

// ID names a benchmark among those of all packages.
func (l Line) ID() string { return l.Config["pkg"] + " " + l.Name }

// Has reports whether the line's keys have the values.
func (l Line) Has(want map[string]string) bool {
	for key, value := range want {
		if l.Keys[key] != value {
			return false
		}
	}
	return true
}

// Without is the line's name with some of its keys left out: what benchmarks
// that differ in nothing else have in common.
func (l Line) Without(keys ...string) string {
	parts := []string{l.Base}
	for _, key := range slices.Sorted(maps.Keys(l.Keys)) {
		if !slices.Contains(keys, key) {
			parts = append(parts, key+"="+l.Keys[key])
		}
	}
	return strings.Join(parts, "/")
}

// Median is the median of the group's values in a unit; ok is false if it has
// none.
func (g Group) Median(unit string) (median float64, ok bool) {
	var values []float64
	for _, l := range g.Lines {
		if v, ok := l.Values[unit]; ok {
			values = append(values, v)
		}
	}
	if values == nil {
		return 0, false
	}
	return Median(values), true
}

// Median is the median of some numbers.
func Median(values []float64) float64 {
	s := benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds)
	return benchmath.AssumeNothing.Summary(s, 0.95).Center
}

// Place names the lines that a group is from, as file:line or file:line-line.
func (g Group) Place() string {
	first, last := g.Lines[0].Number, g.Lines[len(g.Lines)-1].Number
	if first == last {
		return fmt.Sprintf("%s:%d", g.File, first)
	}
	return fmt.Sprintf("%s:%d-%d", g.File, first, last)
}

// Seconds writes a time for people, with a fitting unit.
func Seconds(s float64) string { return benchunit.Scale(s, benchunit.Decimal) + "s" }
