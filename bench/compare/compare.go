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

// errNothing is the error of a comparison without a benchmark in common.
var errNothing = errors.New("nothing could be compared: no benchmark ran in both revisions")

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
		if builds[i], err = buildAll(ctx, list, revision, o.tags[i], filepath.Join(dir, fmt.Sprint(i))); err != nil {
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
	args := []string{"-test.run=^$", "-test.benchtime=" + o.benchtime, fmt.Sprintf("-test.count=%d", o.count), "-test.timeout=5m"}
	return func(ctx context.Context, s side, of suite) ([]byte, error) {
		b := builds[0]
		if s == change {
			b = builds[1]
		}
		p, ok := b[of.pkg]
		if !ok {
			return nil, nil
		}
		return execute(ctx, p.dir, []string{"BENCH_CONFIG=off", "BENCH_CEILING=off"}, p.path, append(args, "-test.bench="+of.pattern)...)
	}
}

// measure sits, once more for what seems slower, and says what came of it.
func (o options) measure(ctx context.Context, w io.Writer, run runner, list []suite) error {
	rnd := rand.New(rand.NewPCG(o.seed, 0))
	fmt.Fprintf(w, "measuring: %d rounds, in random order (seed %d)\n", o.rounds, o.seed)
	s, err := sit(ctx, run, list, o.rounds, rnd)
	if err != nil {
		return err
	}
	verdicts := s.verdicts()
	if suspects := of(verdicts, slower); len(suspects) > 0 {
		fmt.Fprintf(w, "measuring once more what seems slower: %d of %d\n", len(suspects), len(verdicts))
		twice, err := sit(ctx, run, only(suspects), o.rounds, rnd)
		if err != nil {
			return err
		}
		verdicts = confirm(verdicts, twice)
	}
	printVerdicts(w, verdicts, s.failures)
	if err := o.saveAll(s); err != nil {
		return err
	}
	return outcome(verdicts, s.failures)
}

// confirm keeps the regressions that a second sitting finds, too.
func confirm(verdicts []verdict, twice *sitting) []verdict {
	for i, v := range verdicts {
		if v.kind == slower && judge(v.benchmark, twice.times[v.benchmark]).kind != slower {
			verdicts[i].kind = unconfirmed
		}
	}
	return verdicts
}

// outcome is the error that the verdicts come to, if any.
func outcome(verdicts []verdict, failures []string) error {
	compared := 0
	for _, v := range verdicts {
		if v.compared() {
			compared++
		}
	}
	switch {
	case len(of(verdicts, slower)) > 0:
		return errRegression
	case compared == 0:
		return errNothing
	case len(failures) > 0:
		return fmt.Errorf("benchmarks failed: %s", failures[0])
	case len(of(verdicts, few)) > 0:
		return fmt.Errorf("%s ran in too few rounds", of(verdicts, few)[0])
	}
	return nil
}

// saveAll writes what each side printed, headed by the machine.
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
		machine.WriteUnits(f)
		_, err = s.raw[x].WriteTo(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}
