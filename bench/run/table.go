package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// printTable compares plain Go with the best tier in a recorded file.
func printTable(out io.Writer, path string) error {
	lines, err := results.ReadFiles(path)
	if err != nil {
		return err
	}
	groups := results.Groups(lines)
	tier := results.Best(groups)
	pairs := results.Pairs(groups, tier)
	if len(pairs) == 0 {
		return fmt.Errorf("%s: nothing was measured both in plain Go and on tier %s", path, tier)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "\nplain Go\t%s\tfaster\tGFLOP/s\tof ceiling\t  what\n", tier)
	for _, p := range pairs {
		fmt.Fprintln(w, row(p))
	}
	w.Flush()
	config := pairs[0].Fast.Config
	_, err = fmt.Fprintf(out, "\nplain Go, %s: median times of one call. of ceiling: of what multiply-adds on registers\nreach, %s GFLOP/s a worker. On %s, %s, %s.\n",
		tier, config[machine.CeilingKey(tier)], config["cpu-name"], config["kernel"], config["go"])
	return err
}

// row is what a pair comes to. Its last column is aligned to the left, being
// beyond the last tab.
func row(p results.Pair) string {
	plain, _ := p.Plain.Median("sec/op")
	fast, _ := p.Fast.Median("sec/op")
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t  %s", results.Seconds(plain), results.Seconds(fast), fmt.Sprintf("%.1f×", p.Speedup),
		figure(p.Fast, "GFLOP/s", "%.1f"), figure(p.Fast, "ceiling-%", "%.0f %%"), label(p.Fast.Line))
}

func figure(g results.Group, unit, format string) string {
	v, ok := g.Median(unit)
	if !ok {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

// label is a benchmark's name as people read it: a product by its size.
func label(l results.Line) string {
	parts := strings.Split(l.Name, "/")
	parts = slices.DeleteFunc(parts, func(p string) bool { return strings.HasPrefix(p, "tier=") })
	text := strings.Join(parts, " ")
	size := fmt.Sprintf("m=%s k=%s n=%s", l.Keys["m"], l.Keys["k"], l.Keys["n"])
	return strings.Replace(text, size, fmt.Sprintf("%s×%s×%s", l.Keys["m"], l.Keys["k"], l.Keys["n"]), 1)
}
