package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// print writes a table of what was compared, then what matters in words.
func (r report) print(out io.Writer) {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "benchmark\tbase\tnew\tchange\tp\tnoise\t")
	for _, v := range r.verdicts {
		if !v.compared() {
			fmt.Fprintf(w, "%s\t\t\t\t\t\t%s\n", v.benchmark, v.kind)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%+.1f %%\t%.3f\t%.1f %%\t%s\n", v.benchmark,
			results.Seconds(v.base), results.Seconds(v.new), 100*v.change, v.p, 100*v.noise, v.kind)
	}
	w.Flush()
	fmt.Fprintln(out)
	for _, line := range r.summary() {
		fmt.Fprintln(out, line)
	}
}

// summary says what the comparison comes to, the worst first.
func (r report) summary() (lines []string) {
	say := func(list []benchmark, what string) {
		if len(list) > 0 {
			lines = append(lines, fmt.Sprintf("%s (%d): %s", what, len(list), join(list)))
		}
	}
	for _, f := range r.failures {
		lines = append(lines, "failed: "+f)
	}
	say(r.of(slower), "slower")
	say(r.missing, "in the base, but missing in the new revision: removed, renamed or failed")
	say(r.of(few), "ran in too few rounds")
	say(r.of(unconfirmed), "seemed slower, but not when measured again")
	say(r.of(faster), "faster")
	say(r.added, "only in the new revision")
	return append(lines, r.noise())
}

func join(ids []benchmark) string {
	var names []string
	for _, id := range ids {
		names = append(names, id.String())
	}
	return strings.Join(names, ", ")
}

// noise says how small a change can be seen here.
func (r report) noise() string {
	var noise []float64
	blind := 0
	for _, v := range r.verdicts {
		if v.compared() {
			noise = append(noise, v.noise)
		}
		if v.noise > minChange {
			blind++
		}
	}
	if noise == nil {
		return "nothing was compared"
	}
	spread := fmt.Sprintf("noise of this machine now: %.1f %% (median), %.1f %% (most)", 100*results.Median(noise), 100*slices.Max(noise))
	if blind == 0 {
		return spread
	}
	return fmt.Sprintf("cannot tell changes of %.0f %% in %d of %d benchmarks: too noisy; %s", 100*minChange, blind, len(noise), spread)
}
