package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// A kind is a way to draw.
type kind int

const (
	dots    kind = iota // a mark for each label and series, labels along the x axis
	bars                // a bar for each label and series, labels along the y axis
	stacked             // a bar for each label, of all series
	curves              // a line for each series
)

// A figure is a picture to draw.
type figure struct {
	name, title, caption string
	axis                 string // of the values
	kind
	points []point
	limit  float64 // a line to draw, 0 for none
	limits string  // what it is
}

// A point is a value and where it is from.
type point struct {
	label, series string
	value         float64
	from          results.Group
	baseline      *results.Group // that from was divided by
}

// Sources names the lines that the value comes from.
func (p point) Sources() (places []string) {
	places = append(places, p.from.Place())
	if p.baseline != nil {
		places = append(places, p.baseline.Place())
	}
	return places
}

// figures are those for which there is anything to draw.
func (r *recorded) figures() []figure {
	return slices.DeleteFunc(r.allFigures(), figure.empty)
}

func (r *recorded) allFigures() []figure {
	return []figure{r.gemm(), r.speedup(), r.epoch(), r.predict(), r.account(), r.history()}
}

func (f figure) empty() bool { return len(f.points) == 0 }

// gemm shows products from those that use each number once to those that use it
// often: what is next to the ceiling could not be faster.
func (r *recorded) gemm() figure {
	f := figure{name: "gemm", title: "Matrix products, one worker", axis: "GFLOP/s", kind: dots,
		caption: "Speed of m×k by k×n products (t: transposed in memory), from few to many operations for each number in memory. The dashed line is what fused multiply-adds alone reach on registers: nothing can be above it."}
	f.limit, _ = strconv.ParseFloat(r.config[machine.CeilingKey(r.tier)], 64)
	f.limits = "ceiling of " + r.tier
	beside := map[string]bool{} // tiers that were measured beside peers: in one sitting, so those count
	for _, g := range r.peers {
		beside[g.Keys["tier"]] = beside[g.Keys["tier"]] || g.Base == "PeerGemm"
	}
	for _, g := range slices.Concat(r.newest, r.peers) {
		series := g.Keys["peer"]
		if series == "" || series == "ours" {
			series = g.Keys["tier"]
		}
		if (g.Base == "Gemm" && !beside[series] || g.Base == "PeerGemm") && g.Keys["workers"] == "1" {
			f.add(shape(g.Line), series, g, "GFLOP/s", 1)
		}
	}
	slices.SortStableFunc(f.points, func(a, b point) int { return cmp.Compare(intensity(a.from.Line), intensity(b.from.Line)) })
	return f
}

func shape(l results.Line) string {
	return fmt.Sprintf("%s×%s×%s %s", l.Keys["m"], l.Keys["k"], l.Keys["n"], strings.ReplaceAll(l.Keys["op"], "nn", ""))
}

// intensity is the number of operations for each element of the operands.
func intensity(l results.Line) float64 {
	m, k, n := size(l, "m"), size(l, "k"), size(l, "n")
	return 2 * m * k * n / (m*k + k*n + m*n)
}

// size is a number in a benchmark's name, or 0.
func size(l results.Line, key string) float64 {
	v, _ := strconv.ParseFloat(l.Keys[key], 64)
	return v
}

// speedup shows what assembly makes of plain Go.
func (r *recorded) speedup() figure {
	f := figure{name: "speedup", title: "Assembly (" + r.tier + ") against plain Go", axis: "times faster", kind: bars,
		caption: "How many times faster than the same kernel in plain Go, which gives the same bits. Element-wise kernels on 4096 numbers; products and steps on one worker."}
	for _, p := range results.Pairs(r.newest, r.tier) {
		if w := p.Fast.Keys["workers"]; w != "" && w != "1" || !slices.Contains([]string{"Vector", "Step", "Gemv"}, p.Fast.Base) {
			continue
		}
		if p.Fast.Base == "Step" && (p.Fast.Keys["batch"] != "32" || p.Fast.Keys["input"] == "random") {
			continue
		}
		f.points = append(f.points, point{kernel(p.Fast.Line), r.tier, p.Speedup, p.Fast, &p.Plain})
	}
	slices.SortStableFunc(f.points, func(a, b point) int { return cmp.Compare(a.value, b.value) })
	return f
}

// kernel is the name of what is measured, short.
func kernel(l results.Line) string {
	if k := l.Keys["kernel"]; k != "" {
		return k
	}
	name := l.Base
	if model := l.Keys["model"]; model != "" {
		return fmt.Sprintf("%s, %s model, batch %s", strings.ToLower(name), model, l.Keys["batch"])
	}
	return fmt.Sprintf("%s %s×%s", name, l.Keys["k"], l.Keys["n"])
}

// reference tells what was measured beside peers with the reference model on MNIST.
func reference(l results.Line) bool {
	return l.Keys["model"] == "784-256-128-10" && l.Keys["input"] == "mnist"
}

func (r *recorded) epoch() figure {
	f := figure{name: "epoch", title: "An epoch of MNIST, 784-256-128-10, Adam", axis: "seconds", kind: bars,
		caption: "Time of one pass over the 60,000 training images, side by side with the peers that were installed; shorter is better."}
	for _, g := range r.peers {
		if g.Base == "PeerEpoch" && reference(g.Line) {
			f.add(fmt.Sprintf("batches of %s, %s threads", g.Keys["batch"], g.Keys["workers"]), g.Keys["peer"], g, "sec/op", 1)
		}
	}
	f.largestFirst("batch")
	return f
}

func (r *recorded) predict() figure {
	f := figure{name: "predict", title: "Prediction, 784-256-128-10", axis: "microseconds a sample", kind: bars,
		caption: "Time to predict a batch, divided by its samples; shorter is better."}
	for _, g := range r.peers {
		if batch := size(g.Line, "batch"); g.Base == "PeerPredict" && reference(g.Line) && batch > 0 {
			f.add(fmt.Sprintf("batch of %s, %s threads", g.Keys["batch"], g.Keys["workers"]), g.Keys["peer"], g, "sec/op", 1e6/batch)
		}
	}
	f.largestFirst("batch")
	return f
}

// account shows the parts of steps, as shares of each, the first one on top.
func (r *recorded) account() figure {
	f := figure{name: "account", title: "Where the time of a training step goes", axis: "% of the step", kind: stacked,
		caption: "The parts of a step, as the mean of the workers: a CPU profile, sorted by the kernel at work and by what called it. The floor is the sum of what the parts must take. bench/account.md says more."}
	groups := slices.DeleteFunc(slices.Concat(r.newest, r.accounts), func(g results.Group) bool { return g.Base != "StepAccount" })
	for _, all := range slices.Backward(groups) {
		if ns, ok := all.Median("sec/op"); ok && all.Keys["part"] == wholeStep {
			for _, g := range groups {
				if g.Keys["part"] != wholeStep && g.Without("part") == all.Without("part") {
					part, _ := g.Median("sec/op") // none if it takes no time
					f.points = append(f.points, point{step(all), g.Keys["part"], 100 * part / ns, g, &all})
				}
			}
		}
	}
	return f
}

// wholeStep is what the account of all parts together has for a part.
const wholeStep = "all"

// step is a training step, with its time and its floor.
func step(g results.Group) string {
	sec, _ := g.Median("sec/op")
	workers := g.Keys["workers"] + " workers"
	if workers == "1 workers" {
		workers = "1 worker"
	}
	text := fmt.Sprintf("%s, %s, batch %s, %s\n%s: %s", g.Keys["model"], g.Keys["input"], g.Keys["batch"], g.Keys["tier"], workers, results.Seconds(sec))
	if floor, ok := g.Median("floor-%"); ok {
		text += fmt.Sprintf(", floor %.0f %%", floor)
	}
	return text
}

// landmarks are the benchmarks whose history is shown, by name without the tier.
var landmarks = map[string]string{
	"Step/batch=32/input=mnist/model=reference/workers=1": "step of the reference model, 1 worker",
	"Step/batch=32/input=mnist/model=reference/workers=2": "step of the reference model, 2 workers",
	"Gemm/k=784/m=32/n=256/op=nn/workers=1":               "product 32×784×256, 1 worker",
	"Gemm/k=512/m=512/n=512/op=nn/workers=1":              "product 512×512×512, 1 worker",
}

func (r *recorded) history() figure {
	f := figure{name: "history", title: "From version to version", axis: "GFLOP/s", kind: curves,
		caption: "Recorded on the same kind of machine, on different days. More is better."}
	if len(r.versions) < 2 {
		return f
	}
	for _, v := range r.versions {
		for _, g := range v.groups {
			if name, ok := landmarks[g.Without("tier")]; ok && g.Keys["tier"] == r.tier {
				f.add(v.name, name, g, "GFLOP/s", 1)
			}
		}
	}
	return f
}

// add adds the median of a group, in a unit, times a factor.
func (f *figure) add(label, series string, g results.Group, unit string, factor float64) {
	if v, ok := g.Median(unit); ok {
		f.points = append(f.points, point{strings.TrimSpace(label), series, v * factor, g, nil})
	}
}

// largestFirst orders the points by a number in their names, so that the smallest
// is on top: the first label of bars is the lowest.
func (f *figure) largestFirst(key string) {
	slices.SortStableFunc(f.points, func(a, b point) int { return cmp.Compare(size(b.from.Line, key), size(a.from.Line, key)) })
}

// distinct are the values of the points in a column, in the order in which they
// first appear.
func (f figure) distinct(column func(point) string) (values []string) {
	for _, p := range f.points {
		if v := column(p); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

func (f figure) labels() []string { return f.distinct(func(p point) string { return p.label }) }
func (f figure) series() []string { return f.distinct(func(p point) string { return p.series }) }
