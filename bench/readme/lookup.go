package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// A lookup is what the functions of a template look into.
type lookup struct {
	root   string
	page   string          // that the template is for, from the root
	groups []results.Group // of the file
}

func (l *lookup) functions() template.FuncMap {
	return template.FuncMap{"from": l.from, "config": l.config, "figure": l.figure, "mean": l.mean, "pairs": l.pairs, "cases": l.cases, "one": l.one, "seeds": seeds}
}

// from reads a file, which is named from the root of the repository.
func (l *lookup) from(file string) (string, error) {
	lines, err := results.ReadFiles(filepath.Join(l.root, filepath.FromSlash(file)))
	if err == nil && len(lines) == 0 {
		err = errors.New(file + ": no results")
	}
	address, err2 := filepath.Rel(filepath.Dir(filepath.FromSlash(l.page)), filepath.FromSlash(file))
	for i := range lines {
		lines[i].File = filepath.ToSlash(address)
	}
	l.groups = results.Groups(lines)
	return "", errors.Join(err, err2)
}

func (l *lookup) config(key string) (string, error) {
	if len(l.groups) == 0 || l.groups[0].Config[key] == "" {
		return "", fmt.Errorf("no line %s is recorded", key)
	}
	return l.groups[0].Config[key], nil
}

// seeds are those that bench/accuracy tries.
func seeds() []int { return []int{1, 2, 3, 4, 5} }

// figure is the median of a benchmark, as a link.
func (l *lookup) figure(name, unit string, factor float64, format string) (string, error) {
	for _, g := range l.groups {
		if g.Name == name {
			return link(g, unit, factor, format)
		}
	}
	return "", fmt.Errorf("no %s is recorded", name)
}

// mean is the mean of the medians of all benchmarks whose names begin so.
func (l *lookup) mean(prefix, unit string, factor float64, format string) (string, error) {
	sum, n := 0.0, 0.0
	for _, g := range l.groups {
		if v, ok := g.Median(unit); ok && strings.HasPrefix(g.Name, prefix) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return "", fmt.Errorf("no %s with %s is recorded", prefix, unit)
	}
	return fmt.Sprintf(format, sum/n*factor), nil
}

// link writes a figure as a link to the lines that it is from.
func link(g results.Group, unit string, factor float64, format string) (string, error) {
	v, ok := g.Median(unit)
	if !ok {
		return "", fmt.Errorf("%s has no %s", g.Name, unit)
	}
	return fmt.Sprintf("["+format+"](%s)", v*factor, anchor(g)), nil
}

// anchor is the address of a group's lines.
func anchor(g results.Group) string {
	first, last := g.Lines[0].Number, g.Lines[len(g.Lines)-1].Number
	if first == last {
		return fmt.Sprintf("%s#L%d", g.File, first)
	}
	return fmt.Sprintf("%s#L%d-L%d", g.File, first, last)
}

// A pair is a benchmark in plain Go and on the best tier, for a template.
type pair struct{ results.Pair }

// pairs finds those whose names match.
func (l *lookup) pairs(pattern string) (list []pair, err error) {
	names, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	for _, p := range results.Pairs(l.groups, results.Best(l.groups)) {
		if names.MatchString(p.Name) {
			list = append(list, pair{p})
		}
	}
	if list == nil {
		err = fmt.Errorf("no %s is recorded on two tiers", pattern)
	}
	return list, err
}

// An entry is a benchmark, for a template.
type entry struct{ results.Group }

// cases finds those whose names match.
func (l *lookup) cases(pattern string) (list []entry, err error) {
	names, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	for _, g := range l.groups {
		if names.MatchString(g.Name) {
			list = append(list, entry{g})
		}
	}
	if list == nil {
		err = fmt.Errorf("no %s is recorded", pattern)
	}
	return list, err
}

// one is the benchmark of that name.
func (l *lookup) one(name string) (entry, error) {
	list, err := l.cases("^" + regexp.QuoteMeta(name) + "$")
	if err != nil {
		return entry{}, err
	}
	return list[0], nil
}

// Key is the value of a key in the name.
func (e entry) Key(key string) string { return e.Keys[key] }

// Link is a text that leads to the lines of the benchmark.
func (e entry) Link(text string) string { return fmt.Sprintf("[%s](%s)", text, anchor(e.Group)) }

// Time is that of a call.
func (e entry) Time() string { return timeOf(e.Group) }

// Times is how many times as long as another it takes.
func (e entry) Times(other entry, format string) string {
	this, _ := e.Median("sec/op")
	that, _ := other.Median("sec/op")
	return fmt.Sprintf(format, this/that)
}

// Of is a figure, times a factor, or a dash if there is none in this unit.
func (e entry) Of(unit string, factor float64, format string) string {
	v, ok := e.Median(unit)
	if !ok {
		return "–"
	}
	return fmt.Sprintf(format, v*factor)
}

// Largest is the unit in which the figure is largest, without what follows a dash,
// or nothing.
func (e entry) Largest(units ...string) (name string) {
	largest := 0.0
	for _, unit := range units {
		if v, ok := e.Median(unit); ok && v > largest {
			largest = v
			name, _, _ = strings.Cut(unit, "-")
		}
	}
	return name
}

// Name is the benchmark's, with spaces between its parts.
func (p pair) Name() string { return strings.ReplaceAll(p.Pair.Name, "/", " ") }

// Plain and Fast are the times of a call.
func (p pair) Plain() string { return timeOf(p.Pair.Plain) }
func (p pair) Fast() string  { return timeOf(p.Pair.Fast) }

func timeOf(g results.Group) string {
	sec, _ := g.Median("sec/op") // which every pair has
	return fmt.Sprintf("[%s](%s)", results.Seconds(sec), anchor(g))
}

// Faster is how many times faster the tier is.
func (p pair) Faster(format string) string { return fmt.Sprintf(format, p.Speedup) }

// Of is a figure of the faster one, or nothing if it has none in this unit.
func (p pair) Of(unit, format string) (string, error) {
	if _, ok := p.Pair.Fast.Median(unit); !ok {
		return "", nil
	}
	return link(p.Pair.Fast, unit, 1, format)
}
