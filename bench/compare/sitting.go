package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
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

// A benchmark is a name in a package, as compare was told of it.
type benchmark struct{ pkg, name string }

func (b benchmark) String() string { return b.name }

// A runner runs the suite once on a side, and returns what it prints: results
// in Go's format.
type runner func(ctx context.Context, s side, of suite) ([]byte, error)

// A sitting is what was measured in some rounds.
type sitting struct {
	order    []benchmark                          // as they first appeared
	times    map[benchmark][sides]map[int]float64 // seconds, by round
	raw      [sides]bytes.Buffer                  // all that was printed
	failures []string                             // what went wrong, each once
}

// A task is one run of a program.
type task struct {
	side
	suite
}

// sit runs each suite on each side once a round, in random order.
func sit(ctx context.Context, run runner, suites []suite, rounds int, rnd *rand.Rand) (*sitting, error) {
	s := &sitting{times: map[benchmark][sides]map[int]float64{}}
	var tasks []task
	for x := range sides {
		for _, of := range suites {
			tasks = append(tasks, task{x, of})
		}
	}
	for round := range rounds {
		rnd.Shuffle(len(tasks), func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] })
		for _, t := range tasks {
			out, err := run(ctx, t.side, t.suite)
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if err != nil {
				s.fail(t, out, err)
			}
			if err := s.add(t, round, out); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// add takes the fastest measurement of each benchmark.
func (s *sitting) add(t task, round int, out []byte) error {
	s.raw[t.side].Write(out)
	lines, err := results.Read(bytes.NewReader(out), fmt.Sprintf("%s of %s", t.side, t.pkg))
	if err != nil {
		return err
	}
	for _, l := range lines {
		sec, ok := l.Values["sec/op"]
		if !ok || !(sec > 0) {
			return fmt.Errorf("%s:%d: %s has no time", l.File, l.Number, l.Name)
		}
		id := benchmark{t.pkg, l.Name}
		of, ok := s.times[id]
		if !ok {
			s.order = append(s.order, id)
			of = [sides]map[int]float64{{}, {}, {}}
			s.times[id] = of
		}
		if before, ok := of[t.side][round]; !ok || sec < before {
			of[t.side][round] = sec
		}
	}
	return nil
}

var cause = regexp.MustCompile(`(?m)^(--- FAIL: .*|panic: .*|fatal error: .*)$`)

// fail notes that a program failed, and why if it says so.
func (s *sitting) fail(t task, out []byte, err error) {
	causes := cause.FindAllString(string(out)+"\n"+err.Error(), -1)
	if causes == nil {
		causes = []string{err.Error()}
	}
	for _, c := range causes {
		text := fmt.Sprintf("%s, %s: %s", t.side, t.pkg, timing.ReplaceAllString(c, ""))
		if !slices.Contains(s.failures, text) {
			s.failures = append(s.failures, text)
		}
	}
}

// timing is what differs when the same benchmark fails again.
var timing = regexp.MustCompile(` \([0-9.]+s\)$`)
