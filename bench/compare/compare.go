package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
)

// options are the flags and arguments.
type options struct {
	list, pattern, pkg string
	rounds, count      int
	benchtime          string
	seed               uint64
	revisions, tags    [2]string // of the base and the new one
	save               string
	always             bool
}

// compare builds, measures and reports.
func (o options) compare(ctx context.Context, w io.Writer) error {
	if o.rounds < minRounds || o.count < 1 {
		return fmt.Errorf("%d rounds of %d measurements: want at least %d of 1", o.rounds, o.count, minRounds)
	}
	list, err := o.suites()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "bench-compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var builds [2]build
	for i, revision := range o.revisions {
		fmt.Fprintf(w, "building %s %s\n", nameOf(revision), o.tags[i])
		own := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(own, 0o777); err != nil {
			return err
		}
		if builds[i], err = buildAll(ctx, list, revision, o.tags[i], own); err != nil {
			return err
		}
	}
	if equal, err := same(builds[0], builds[1]); err != nil {
		return err
	} else if equal && !o.always {
		fmt.Fprintln(w, "The two build to the same programs, byte for byte: there is nothing to measure.")
		return nil
	}
	return o.measure(ctx, w, o.runner(builds), list)
}

func (o options) suites() ([]suite, error) {
	if o.pattern != "" {
		return []suite{{o.pkg, o.pattern}}, nil
	}
	return suites(o.list)
}

// runner runs the programs, without what takes time and is not compared.
func (o options) runner(builds [2]build) runner {
	return func(ctx context.Context, s side, of suite, how how) ([]byte, error) {
		b := builds[0]
		if s == change {
			b = builds[1]
		}
		p, ok := b[of.pkg]
		if !ok {
			return nil, nil
		}
		time, count := o.benchtime, o.count
		if how.once {
			time, count = "1x", 1
		}
		return executeOn(ctx, how.cpu, p.dir, []string{"BENCH_CONFIG=off", "BENCH_CEILING=off"}, p.path, "-test.run=^$",
			"-test.bench="+of.pattern, "-test.benchtime="+time, fmt.Sprintf("-test.count=%d", count), "-test.timeout=5m")
	}
}

// measure finds out what there is, measures what both revisions have, once more
// what seems slower, and says what came of it.
func (o options) measure(ctx context.Context, w io.Writer, run runner, list []suite) error {
	inv, err := discover(ctx, run, list)
	if err != nil {
		return err
	}
	rnd := rand.New(rand.NewPCG(o.seed, 0))
	fmt.Fprintf(w, "measuring %d benchmarks: %d rounds or more, in random order (seed %d)\n", len(inv.common), o.rounds, o.seed)
	s, err := sit(ctx, run, inv.common, o.rounds, rnd)
	if err != nil {
		return err
	}
	r := report{inventory: inv}
	r.failures = append(r.failures, s.failures...)
	for _, b := range inv.common {
		r.verdicts = append(r.verdicts, judge(b, s.times[b]))
	}
	if suspects := r.of(slower); len(suspects) > 0 {
		fmt.Fprintf(w, "measuring once more what seems slower: %s\n", join(suspects))
		twice, err := sit(ctx, run, suspects, o.rounds, rnd)
		if err != nil {
			return err
		}
		r.confirm(twice)
	}
	r.print(w)
	if err := o.saveAll(s); err != nil {
		return err
	}
	return r.outcome()
}

// saveAll writes the times of each side, one for each round.
func (o options) saveAll(s *sitting) error {
	if o.save == "" {
		return nil
	}
	if err := os.MkdirAll(o.save, 0o777); err != nil {
		return err
	}
	for x, name := range []string{"base.txt", "again.txt", "new.txt"} {
		f, err := os.Create(filepath.Join(o.save, name))
		if err != nil {
			return err
		}
		machine.WriteConfig(f)
		_, err = s.lines[x].WriteTo(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}
