package bench

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"
	"gonum.org/v1/gonum/stat"
)

// A report is what the trials of a comparison come to.
type report struct {
	conditions
	names []string // of the contestants, ours first
	rows  []row
	packs bool // ours packed weights before
}

// conditions are what the results are told for.
type conditions struct {
	pace    float64 // ns a step, the median of all
	visit   float64 // ns, subtracted from the time of each call
	ceiling float64 // GFLOP/s at that pace
	crowded float64 // how much of what was measured had not the core for itself
}

func (c *comparison) conditions() conditions {
	var paces []float64
	crowded := 0
	for _, t := range c.trials {
		for _, s := range t.series {
			for _, x := range s.samples {
				paces = append(paces, x.paces...)
				crowded += x.crowded
			}
		}
	}
	pace := median(paces)
	return conditions{
		pace:    pace,
		visit:   pace * median(c.visits),
		ceiling: median(c.ceilings) / pace,
		crowded: float64(crowded) / float64(len(paces)),
	}
}

// A row is the result of a trial.
type row struct {
	shape
	gflops  []float64 // medians, by contestant, ours first
	gonum   float64   // the one of gonum; 0 if it did not take part
	ceiling float64
	differ  bool // ours and the best peer, by more than chance
}

func (c *comparison) report() report {
	r := report{conditions: c.conditions(), packs: c.packs}
	for _, x := range c.contestants {
		r.names = append(r.names, x.name)
	}
	for _, t := range c.trials {
		r.rows = append(r.rows, t.row(r.names, r.conditions))
	}
	return r
}

func (t *trial) row(names []string, at conditions) row {
	r := row{shape: t.shape, ceiling: at.ceiling}
	var samples []*benchmath.Sample
	for i, s := range t.series {
		samples = append(samples, benchmath.NewSample(t.rates(s.samples, at), &benchmath.DefaultThresholds))
		r.gflops = append(r.gflops, median(samples[i].Values))
		if names[i] == gonumName {
			r.gonum = r.gflops[i]
		}
	}
	test := benchmath.AssumeNothing.Compare(samples[0], samples[r.best()])
	r.differ = test.P <= test.Alpha
	return r
}

// rates are the GFLOP/s of calls without the visits to C.
func (t *trial) rates(samples []sample, at conditions) (rates []float64) {
	for _, x := range samples {
		rates = append(rates, t.flops()/(x.steps*at.pace-at.visit))
	}
	return rates
}

func median(x []float64) float64 {
	s := benchmath.NewSample(slices.Clone(x), &benchmath.DefaultThresholds)
	return benchmath.AssumeNothing.Summary(s, 0.95).Center
}

// best is the fastest of the peers.
func (r row) best() int {
	peers := r.gflops[1:]
	return 1 + slices.Index(peers, slices.Max(peers))
}

func (r row) ofBest() float64    { return r.gflops[0] / r.gflops[r.best()] }
func (r row) ofGonum() float64   { return r.gflops[0] / r.gonum }
func (r row) ofCeiling() float64 { return r.gflops[0] / r.ceiling }

// mean is the geometric mean of a ratio over all rows.
func (r report) mean(ratio func(row) float64) float64 {
	var x []float64
	for _, row := range r.rows {
		x = append(x, ratio(row))
	}
	return stat.GeometricMean(x, nil)
}

// below lists the shapes at which a peer is faster, with our share of its speed.
func (r report) below() (list []string) {
	for _, row := range r.rows {
		if row.ofBest() < 1 {
			list = append(list, fmt.Sprintf("%s %s (%s)", row.name, row.share(), r.names[row.best()]))
		}
	}
	return list
}

// share writes ofBest, with ~ if it could be chance.
func (r row) share() string {
	mark := ""
	if !r.differ {
		mark = "~"
	}
	return fmt.Sprintf("%s%.2f", mark, r.ofBest())
}

// A ratio is a column that compares ours with something else.
type ratio struct {
	name   string
	of     func(row) float64
	format func(row) string // of its value
}

func (r report) ratios() []ratio {
	ratios := []ratio{
		{"ours/ceiling", row.ofCeiling, func(x row) string { return fmt.Sprintf("%.2f", x.ofCeiling()) }},
		{"ours/best", row.ofBest, row.share},
	}
	if slices.Contains(r.names, gonumName) {
		ratios = append(ratios, ratio{"ours/gonum", row.ofGonum, func(x row) string { return fmt.Sprintf("%.1f", x.ofGonum()) }})
	}
	return ratios
}

// op is the op of a shape, with * if ours had packed b before.
func (r report) op(row row) string {
	if r.packs && row.weights {
		return row.op + "*"
	}
	return row.op
}

func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "GFLOP/s at the median clock, medians; %.0f ns for the way into C and back are subtracted from each call\n\n", r.visit)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "shape\tm\tk\tn\top\t%s\tceiling\t", strings.Join(r.names, "\t"))
	for _, x := range r.ratios() {
		fmt.Fprintf(w, "%s\t", x.name)
	}
	fmt.Fprintln(w)
	for _, row := range r.rows {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%s\t", row.name, row.m, row.k, row.n, r.op(row))
		for _, x := range append(row.gflops, row.ceiling) {
			fmt.Fprintf(w, "%.1f\t", x)
		}
		for _, x := range r.ratios() {
			fmt.Fprintf(w, "%s\t", x.format(row))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "geometric mean%s", strings.Repeat("\t", 6+len(r.names)))
	for _, x := range r.ratios() {
		fmt.Fprintf(w, "%.3f\t", r.mean(x.of))
	}
	fmt.Fprintln(w)
	w.Flush()
	fmt.Fprintf(out, "\n%.1f %% was measured beside something else on the core\n", 100*r.crowded)
	fmt.Fprintln(out, "~ may be chance (Mann-Whitney U test, p > 0.05)")
	if r.packs {
		fmt.Fprintln(out, "* of weights: ours packed b once, before; -peers.packed=false reads it as it lies")
	}
	fmt.Fprintf(out, "below the best peer: %s\n", cmp.Or(strings.Join(r.below(), ", "), "none"))
}
