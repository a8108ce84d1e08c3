package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/chart"
)

// A compareResult is what follows from a comparison.
type compareResult struct {
	ScoredOn    string   `json:"scored_on"` // "validation" or "test"
	Images      int      `json:"images"`
	Best        string   `json:"best,omitempty"`
	AsGood      []string `json:"as_good,omitempty"` // means within the best one's standard deviation
	Interrupted bool     `json:"interrupted"`
	Plot        string   `json:"plot,omitempty"`

	done, planned int // settings
}

// conclude tells the result and draws the plot, of what has been done.
func (a *app) conclude(p *comparison, done []summary, interrupted bool, r reporter) error {
	if len(done) == 0 {
		return fmt.Errorf("%w, before a run was complete", errEndedEarly)
	}
	if err := p.draw(done); err != nil {
		return err
	}
	result := compareResult{
		ScoredOn: "validation", Images: p.base.validationSet.Len(), Interrupted: interrupted, Plot: p.plot,
		done: len(done), planned: len(p.settings),
	}
	if p.test {
		result.ScoredOn = "test"
	} else {
		result.Best, result.AsGood = best(done)
	}
	if err := r.report(result); err != nil {
		return err
	}
	if interrupted {
		return errEndedEarly
	}
	return nil
}

// best returns the setting of the highest mean, and those that lie within its
// standard deviation.
func best(done []summary) (name string, asGood []string) {
	top := done[0]
	for _, s := range done {
		if s.Mean > top.Mean {
			top = s
		}
	}
	for _, s := range done {
		if s.Setting != top.Setting && s.Mean >= top.Mean-top.Deviation { // no NaN is
			asGood = append(asGood, s.Setting)
		}
	}
	return top.Setting, asGood
}

func (r compareResult) text() string {
	var out table
	out.WriteString("\n")
	if r.Interrupted {
		out.row("stopped", "with %d of %d settings", r.done, r.planned)
	}
	switch {
	case r.Best == "":
		out.row("note", "scores on test images are to report a choice, not to make it")
	case len(r.AsGood) == 0:
		out.row("best", "%s", r.Best)
	default:
		out.row("best", "%s; within its ± lie also:", r.Best)
		fmt.Fprintf(&out, "  %s\n", strings.Join(r.AsGood, ", "))
	}
	if r.Plot != "" {
		out.row("plot", "%s", r.Plot)
	}
	return out.String()
}

// draw writes the plot, if one is wanted.
func (p *comparison) draw(done []summary) error {
	if p.plot == "" {
		return nil
	}
	kind := "validation"
	if p.test {
		kind = "test"
	}
	c := chart.Chart{
		Title: fmt.Sprintf("Errors on %d %s images (seeds: %d)", p.base.validationSet.Len(), kind, p.seeds),
		X:     "epoch", Y: "mean error (%), logarithmic", Log: true,
		Width: 880, Height: 520, Theme: chart.Paper,
	}
	const span = 10 // a setting that fails must not squeeze the others together
	for _, s := range done {
		c.Lines = append(c.Lines, s.errors)
		if lowest := span * slices.Min(s.errors.Y); c.Top == 0 || lowest < c.Top {
			c.Top = lowest
		}
	}
	var picture bytes.Buffer
	if err := c.WriteFormat(&picture, p.format); err != nil {
		return err
	}
	return writeOutput("-plot", p.plot, picture.Bytes())
}
