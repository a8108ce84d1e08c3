package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// A sitting is what was measured in some rounds.
type sitting struct {
	times map[benchmark]*series
	lines [sides]bytes.Buffer // the times as results in Go's format
	failures
}

// A series is the times of a benchmark: of each side, in seconds, in each round
// in which all sides ran.
type series [sides][]float64

// sit measures each benchmark once a round on all sides, one right after the
// other. What disturbs for a second disturbs all sides alike. The order of
// benchmarks and of sides is random. Where noise calls for it, there are more
// rounds.
func sit(ctx context.Context, run runner, list []benchmark, rounds int, rnd *rand.Rand) (*sitting, error) {
	s := &sitting{times: map[benchmark]*series{}}
	for n := range patience * rounds {
		if n >= rounds {
			list = slices.DeleteFunc(slices.Clone(list), func(b benchmark) bool { return s.times[b].fine() })
		}
		for _, i := range rnd.Perm(len(list)) {
			if err := s.round(ctx, run, list[i], rnd); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// round measures a benchmark once on all sides, all on the same processor: each may
// have a neighbour of its own, and moving costs what caches held.
func (s *sitting) round(ctx context.Context, run runner, b benchmark, rnd *rand.Rand) error {
	var times [sides]float64
	ran, seat := true, how{cpu: anyCPU}
	if cpus := processors(); b.sequential() && len(cpus) > 0 {
		seat.cpu = cpus[rnd.IntN(len(cpus))]
	}
	for _, i := range rnd.Perm(int(sides)) {
		x := side(i)
		out, err := run(ctx, x, b.suite(), seat)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s.note(x, b.suite(), out, err)
		if times[x], err = fastest(out, b, x); err != nil {
			return err
		}
		ran = ran && times[x] > 0
	}
	if s.times[b] == nil {
		s.times[b] = &series{}
	}
	for x, t := range times {
		if ran {
			s.times[b][x] = append(s.times[b][x], t)
			fmt.Fprintf(&s.lines[x], "pkg: %s\nBenchmark%s 1 %.6g ns/op\n", b.pkg, b.name, 1e9*t)
		}
	}
	return nil
}

// fastest is the least time of a benchmark among its results, or 0 if there is
// none.
func fastest(out []byte, b benchmark, s side) (least float64, err error) {
	lines, err := results.Read(bytes.NewReader(out), fmt.Sprintf("%s of %s", s, b.pkg))
	if err != nil {
		return 0, err
	}
	for _, l := range lines {
		if l.Name != b.name {
			continue
		}
		sec, ok := l.Values["sec/op"]
		if !ok || !(sec > 0) {
			return 0, fmt.Errorf("%s:%d: %s has no time", l.File, l.Number, l.Name)
		}
		if least == 0 || sec < least {
			least = sec
		}
	}
	return least, nil
}
