package main

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// The sides of a comparison. The base is measured twice, to see what the machine
// makes of one and the same program.
type side int

const (
	base side = iota
	again
	change
	sides
)

func (s side) String() string { return [...]string{"base", "base again", "new"}[s] }

// A benchmark is a name in a package.
type benchmark struct{ pkg, name string }

func (b benchmark) String() string { return b.name }

// sequential reports whether the benchmark uses one processor, by its name: those
// that use more say so, as in workers=2.
func (b benchmark) sequential() bool {
	workers := workersKey.FindStringSubmatch(b.name)
	return workers == nil || workers[1] == "1"
}

var workersKey = regexp.MustCompile(`/workers=(\d+)`)

// suite is the one that measures this benchmark and, where names nest, little
// else.
func (b benchmark) suite() suite { return suite{b.pkg, exactly(b.name)} }

// A runner runs a suite on a side, and returns what it prints: results in Go's
// format.
type runner func(ctx context.Context, s side, of suite, how how) ([]byte, error)

// how is how a suite is run.
type how struct {
	once bool // one call of each benchmark, to see what there is
	cpu  int  // the only processor to use, or anyCPU
}

// anyCPU leaves it to the operating system where a program runs.
const anyCPU = -1

// An inventory is which benchmarks there are.
type inventory struct {
	common, missing, added []benchmark // missing in the new revision, or in the base
	failures
}

// discover runs every benchmark of both revisions once.
func discover(ctx context.Context, run runner, suites []suite) (inv inventory, err error) {
	for _, of := range suites {
		var names [sides][]benchmark
		for _, s := range []side{base, change} {
			out, err := run(ctx, s, of, how{once: true, cpu: anyCPU})
			if ctx.Err() != nil {
				return inv, context.Cause(ctx)
			}
			inv.note(s, of, out, err)
			lines, err := results.Read(bytes.NewReader(out), fmt.Sprintf("%s of %s", s, of.pkg))
			if err != nil {
				return inv, err
			}
			for _, l := range lines {
				names[s] = append(names[s], benchmark{of.pkg, l.Name})
			}
		}
		for _, b := range names[base] {
			if slices.Contains(names[change], b) {
				inv.common = append(inv.common, b)
			} else {
				inv.missing = append(inv.missing, b)
			}
		}
		for _, b := range names[change] {
			if !slices.Contains(names[base], b) {
				inv.added = append(inv.added, b)
			}
		}
	}
	return inv, nil
}

// failures is what went wrong, each once.
type failures []string

var (
	cause  = regexp.MustCompile(`(?m)^(--- FAIL: .*|panic: .*|fatal error: .*)$`)
	timing = regexp.MustCompile(` \([0-9.]+s\)$`) // differs when the same fails again
)

// note adds that a program failed, if it did, and why if it says so.
func (f *failures) note(s side, of suite, out []byte, err error) {
	if err == nil {
		return
	}
	causes := cause.FindAllString(string(out)+"\n"+err.Error(), -1)
	if causes == nil {
		causes = []string{err.Error()}
	}
	for _, c := range causes {
		text := fmt.Sprintf("%s, %s: %s", s, of.pkg, timing.ReplaceAllString(c, ""))
		if !slices.Contains(*f, text) {
			*f = append(*f, text)
		}
	}
}
