package main

import (
	"errors"
	"fmt"
)

// A report is what a comparison comes to.
type report struct {
	inventory
	verdicts []verdict // of what both revisions have
}

var (
	// errRegression is the error of a comparison that found one.
	errRegression = errors.New("regression")

	// errNothing is the error of one without a benchmark in common.
	errNothing = errors.New("nothing could be compared: no benchmark ran in both revisions")
)

// of returns the benchmarks of a kind.
func (r report) of(k kind) (list []benchmark) {
	for _, v := range r.verdicts {
		if v.kind == k {
			list = append(list, v.benchmark)
		}
	}
	return list
}

// confirm keeps the regressions that a second sitting finds, too.
func (r *report) confirm(twice *sitting) {
	for i, v := range r.verdicts {
		if v.kind == slower && judge(v.benchmark, twice.times[v.benchmark]).kind != slower {
			r.verdicts[i].kind = unconfirmed
		}
	}
}

// outcome is the error that decides the exit status, if there is one.
func (r report) outcome() error {
	lacking := r.of(few)
	switch {
	case len(r.of(slower)) > 0:
		return errRegression
	case len(r.failures) > 0:
		return fmt.Errorf("benchmarks failed: %s", r.failures[0])
	case len(lacking) == len(r.verdicts): // perhaps none
		return errNothing
	case len(lacking) > 0:
		return fmt.Errorf("ran in too few rounds: %s", join(lacking))
	}
	return nil
}
