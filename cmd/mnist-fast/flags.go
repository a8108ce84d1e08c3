package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"
)

// flag returns a flag whose value is parsed into *to, which holds its default.
// The help starts with a placeholder for the value, in a line of its own.
func flag[T any](name, help string, to *T, parse parser[T]) cli.Flag {
	f := &cli.FlagBase[T, parser[T], value[T]]{Name: name, Usage: help, Destination: to, Value: *to, Config: parse}
	f.SetStringer(flagHelp)
	return f
}

// boolFlag returns a flag that is either given or not.
func boolFlag(name, help string, to *bool) cli.Flag {
	f := &cli.BoolFlag{Name: name, Usage: "\n" + help, Destination: to, HideDefault: true}
	f.SetStringer(flagHelp)
	return f
}

// section makes the flags a section of the help.
func section(title string, flags ...cli.Flag) []cli.Flag {
	for _, f := range flags {
		f.(cli.CategorizableFlag).SetCategory(title)
	}
	return flags
}

// flagHelp is a flag in the help: its name and default, and what it is for in
// the lines below.
func flagHelp(f cli.Flag) string {
	doc := f.(cli.DocGenerationFlag)
	placeholder, help, _ := strings.Cut(doc.GetUsage(), "\n")
	head := strings.TrimSpace("-" + f.Names()[0] + " " + placeholder)
	if v := doc.GetValue(); doc.IsDefaultVisible() && v != "" && v != "0" {
		head += " (default " + v + ")"
	}
	return head + "\n        " + strings.ReplaceAll(help, "\n", "\n        ")
}

// A parser makes a value of what the user wrote.
type parser[T any] func(string) (T, error)

// A value is the value of a flag, for the command-line library.
type value[T any] struct {
	parse parser[T]
	to    *T
}

// Create returns a value that is parsed into *to.
func (value[T]) Create(initial T, to *T, parse parser[T]) cli.Value {
	*to = initial
	return &value[T]{parse, to}
}

// ToString returns a default as the help shows it.
func (value[T]) ToString(v T) string { return fmt.Sprint(v) }

func (v *value[T]) Set(s string) (err error) {
	*v.to, err = v.parse(s)
	return err
}

func (v *value[T]) Get() any       { return *v.to }
func (v *value[T]) String() string { return fmt.Sprint(*v.to) }

// integer parses a whole number from low to high.
func integer(low, high int) parser[int] {
	return func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < low || n > high {
			return 0, fmt.Errorf("want a whole number from %d to %d", low, high)
		}
		return n, nil
	}
}

func parseSeed(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("want a whole number from 0 to %d", uint64(math.MaxUint64))
	}
	return n, nil
}

// nonNegative parses a number that float32 can hold.
func nonNegative(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x >= 0 && x <= math.MaxFloat32) {
		return 0, fmt.Errorf("want a number from 0 to %.1e", math.MaxFloat32)
	}
	return x, nil
}

// share parses a number from 0 up to, but not including, 1.
func share(s string) (float64, error) {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x >= 0 && x < 1) {
		return 0, errors.New("want a number of at least 0 and below 1")
	}
	return x, nil
}

// A list is the values of a flag that takes several, separated by commas.
type list[T any] []T

func listOf[T any](parse parser[T]) parser[list[T]] {
	return func(s string) (list[T], error) {
		var values list[T]
		for field := range strings.SplitSeq(s, ",") {
			v, err := parse(strings.TrimSpace(field))
			if err != nil {
				return nil, fmt.Errorf("%q: %w", field, err)
			}
			values = append(values, v)
		}
		return values, nil
	}
}

// String returns nothing for an empty list, which has no default to show.
func (vs list[T]) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint([]T(vs)), " ", ","), "[]")
}

// oneOf parses one of the names.
func oneOf(names []string) parser[string] {
	return func(s string) (string, error) {
		if !slices.Contains(names, s) {
			return "", fmt.Errorf("want one of %s", strings.Join(names, ", "))
		}
		return s, nil
	}
}

// nonEmpty refuses what an unset variable of a shell leaves.
func nonEmpty(s string) (string, error) {
	if s == "" {
		return "", errors.New("want a name")
	}
	return s, nil
}

// sizes are the sizes of hidden layers.
type sizes []int

// maxUnits keeps sums of sizes far from overflow.
const maxUnits = 1 << 24

func parseSizes(s string) (sizes, error) {
	if s == "none" {
		return nil, nil
	}
	var ns sizes
	for field := range strings.SplitSeq(s, ",") {
		n, err := integer(1, maxUnits)(strings.TrimSpace(field))
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w, or none for no layer", len(ns)+1, err)
		}
		ns = append(ns, n)
	}
	return ns, nil
}

// String returns what parseSizes takes.
func (ns sizes) String() string {
	if len(ns) == 0 {
		return "none"
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint([]int(ns)), " ", ","), "[]")
}
