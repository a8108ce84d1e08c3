package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchunit"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// printVerdicts writes a table of all benchmarks, then what matters of it in
// words.
func printVerdicts(out io.Writer, list []verdict, failures []string) {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "benchmark\tbase\tnew\tchange\tp\tnoise\t")
	for _, v := range list {
		if !v.compared() {
			fmt.Fprintf(w, "%s\t\t\t\t\t\t%s\n", v.benchmark, v.kind)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%+.1f %%\t%.3f\t%.1f %%\t%s\n", v.benchmark,
			seconds(v.base), seconds(v.new), 100*v.change, v.p, 100*v.noise, v.kind)
	}
	w.Flush()
	fmt.Fprintln(out)
	for _, line := range summary(list, failures) {
		fmt.Fprintln(out, line)
	}
}

func seconds(s float64) string { return benchunit.Scale(s, benchunit.Decimal) + "s" }

// summary says what the verdicts come to, the worst first.
func summary(list []verdict, failures []string) (lines []string) {
	say := func(ids []benchmark, format string) {
		if len(ids) > 0 {
			lines = append(lines, fmt.Sprintf(format, len(ids), join(ids)))
		}
	}
	for _, f := range failures {
		lines = append(lines, "failed: "+f)
	}
	say(of(list, slower), "slower (%d): %s")
	say(of(list, missing), "in the base, but missing in the new revision (%d): %s")
	say(of(list, few), "ran in too few rounds (%d): %s")
	say(of(list, unconfirmed), "seemed slower, but not when measured again (%d): %s")
	say(of(list, faster), "faster (%d): %s")
	say(of(list, added), "only in the new revision (%d): %s")
	return append(lines, noiseOf(list))
}

func join(ids []benchmark) string {
	var names []string
	for _, id := range ids {
		names = append(names, id.String())
	}
	return strings.Join(names, ", ")
}

// noiseOf says how small a change can be seen here.
func noiseOf(list []verdict) string {
	var noise []float64
	for _, v := range list {
		if v.compared() {
			noise = append(noise, v.noise)
		}
	}
	if noise == nil {
		return "nothing was compared"
	}
	blind := 0
	for _, n := range noise {
		if n > minChange {
			blind++
		}
	}
	spread := fmt.Sprintf("noise of this machine now: %.1f %% (median), %.1f %% (most)", 100*results.Median(noise), 100*slices.Max(noise))
	if blind == 0 {
		return spread
	}
	return fmt.Sprintf("cannot tell changes of %.0f %% in %d of %d benchmarks: too noisy; %s", 100*minChange, blind, len(noise), spread)
}
