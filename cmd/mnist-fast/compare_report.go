package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/chart"
)

// A summary tells of the runs of a setting.
type summary struct {
	Setting   string `json:"setting"`
	Runs      int    `json:"runs"` // that were complete
	Steps     int    `json:"steps"`
	Mean      number `json:"accuracy_mean"`
	Deviation number `json:"accuracy_sd"` // of a sample; null for a single run
	To97      goal   `json:"to_97"`
	To98      goal   `json:"to_98"`
	Seconds   number `json:"seconds"` // mean of the runs

	planned int // runs
	width   int // of the first column
	errors  chart.Line
}

// A goal tells when an accuracy was first reached at the end of an epoch.
type goal struct {
	Runs    int    `json:"runs"`    // that reached it
	Epochs  number `json:"epochs"`  // mean of these
	Seconds number `json:"seconds"` // idem, of training
}

func (p *comparison) summarize(s setting, runs []runReport) summary {
	sum := summary{
		Setting: s.name(), Runs: len(runs), Steps: runs[0].Steps,
		To97: newGoal(0.97, runs), To98: newGoal(0.98, runs),
		planned: p.seeds, width: p.nameWidth(), errors: meanErrors(s.name(), runs),
	}
	var accuracies []float64
	for _, r := range runs {
		accuracies = append(accuracies, float64(r.Accuracy))
		sum.Seconds += r.Seconds / number(len(runs))
	}
	mean, deviation := meanAndDeviation(accuracies)
	sum.Mean, sum.Deviation = number(mean), number(deviation)
	return sum
}

// meanAndDeviation returns the mean and the standard deviation of a sample; the
// latter is NaN for a single number.
func meanAndDeviation(xs []float64) (mean, deviation float64) {
	n := float64(len(xs))
	for _, x := range xs {
		mean += x / n
	}
	squares := 0.0
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(squares / (n - 1))
}

func newGoal(accuracy number, runs []runReport) goal {
	var g goal
	for _, r := range runs {
		at := slices.IndexFunc(r.Epochs, func(e epochReport) bool { return *e.ValAccuracy >= accuracy })
		if at < 0 {
			continue
		}
		g.Runs++
		g.Epochs += number(at + 1)
		for _, e := range r.Epochs[:at+1] {
			g.Seconds += e.Seconds
		}
	}
	g.Epochs /= number(g.Runs) // NaN if there are none
	g.Seconds /= number(g.Runs)
	return g
}

// meanErrors is the curve of the error in percent, averaged over the runs.
func meanErrors(name string, runs []runReport) chart.Line {
	line := chart.Line{Name: name}
	for i, e := range runs[0].Epochs {
		sum := 0.0
		for _, r := range runs {
			sum += 1 - float64(*r.Epochs[i].ValAccuracy)
		}
		line.X = append(line.X, float64(e.Epoch))
		line.Y = append(line.Y, 100*sum/float64(len(runs)))
	}
	return line
}

// text is a line of the table. In it, a run is one seed.
func (s summary) text() string {
	accuracy := fmt.Sprintf("%.2f", 100*s.Mean)
	if s.Runs > 1 {
		accuracy += fmt.Sprintf(" ± %.2f", 100*s.Deviation)
	}
	note := ""
	if s.Runs < s.planned {
		note = fmt.Sprintf("  (%d of %d seeds)", s.Runs, s.planned)
	}
	return compareRow(s.width, s.Setting, fmt.Sprint(s.Steps), accuracy, s.To97.text(s.Runs), s.To98.text(s.Runs), fmt.Sprintf("%.2f", s.Seconds)+note)
}

// text tells of the goal in that many runs.
func (g goal) text(runs int) string {
	switch g.Runs {
	case 0:
		return "-"
	case runs:
		return fmt.Sprintf("%.3g, %.2f s", g.Epochs, g.Seconds)
	}
	return fmt.Sprintf("%d of %d seeds", g.Runs, runs)
}

func compareRow(width int, setting, steps, accuracy, to97, to98, seconds string) string {
	line := fmt.Sprintf("%-*s %8s  %-12s  %-14s  %-14s %s", width, setting, steps, accuracy, to97, to98, seconds)
	return strings.TrimRight(line, " ") + "\n"
}

// nameWidth is the width of the longest name of a setting.
func (p *comparison) nameWidth() int {
	width := len("setting")
	for _, s := range p.settings {
		width = max(width, len([]rune(s.name())))
	}
	return width
}

// compareHead is what people see before the first run.
type compareHead struct{ *comparison }

func (p compareHead) text() string {
	var out table
	t := p.base
	out.row("data", "%s: %d×%d pixels, %d classes", dataName(p.data), t.testSet.Height, t.testSet.Width, t.classes)
	out.row("images", "training %d, %s", t.trainSet.Len(), p.scoredOn())
	out.row("in all", "%s", strings.Join(p.fixed, " "))
	out.row("runs", "%d: epochs %d, seeds %d to %d", len(p.settings)*p.seeds, p.epochs, p.seed, p.seedOf(p.seeds-1))
	if p.usesOwnRate() {
		out.row("gd", "all images are one batch: a step an epoch, hence lr=%v", gdRate)
	}
	out.WriteString("\n")
	out.WriteString(compareRow(p.nameWidth(), "", "", "accuracy", "97 % after", "98 % after", ""))
	out.WriteString(compareRow(p.nameWidth(), "setting", "steps", "%", "epochs, time", "epochs, time", "seconds"))
	return out.String()
}

// scoredOn names the images that accuracies are of.
func (p *comparison) scoredOn() string {
	if p.test {
		return fmt.Sprintf("scored on %d test images: do not choose by them", p.base.validationSet.Len())
	}
	return fmt.Sprintf("scored on %d held back for validation", p.base.validationSet.Len())
}

// usesOwnRate reports whether gd has a learning rate that is not its default.
func (p *comparison) usesOwnRate() bool {
	return len(p.rates) == 0 && slices.Contains(p.optimizers, "gd")
}
