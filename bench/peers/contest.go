package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
	"github.com/mnist-fast/mnist-fast/kernels"
)

// A contestant trains the model, or predicts with it. Times are seconds.
type contestant interface {
	name() string
	version() string
	can() (train, predict bool)
	epoch() (float64, error)            // trains for one
	accuracy() (float64, error)         // on the test set, of what was trained
	predict(batch int) (float64, error) // time of a call
	output(row, column int) (float64, error)
	close()
}

// predictBatches are the sizes of batches that are predicted.
var predictBatches = []int{1, 32, 1024, 10000}

// A contest is contestants and what was measured of them. Ours is the first.
type contest struct {
	options
	contestants []contestant
	events      []*event
}

// An event is what contestants do in turn.
type event struct {
	title, name string // for people, and the end of the benchmark's name
	samples     int
	entrants    []contestant
	turn        func(x contestant) (seconds float64, err error)
	times       [][]float64 // by entrant
	accuracies  []float64   // by entrant, at the end; none of predictions
}

// hold holds all events.
func (c *contest) hold() error {
	if err := c.checkOutputs(); err != nil {
		return err
	}
	training := &event{title: fmt.Sprintf("an epoch, batches of %d", c.batch), name: c.benchmark(fmt.Sprintf("PeerEpoch/samples=%d", c.samples), c.batch), samples: c.samples, turn: contestant.epoch}
	c.events = append(c.events, training)
	for _, batch := range predictBatches {
		c.events = append(c.events, &event{title: fmt.Sprintf("prediction of %d", batch), name: c.benchmark("PeerPredict", batch), samples: batch,
			turn: func(x contestant) (float64, error) { return x.predict(batch) }})
	}
	for _, e := range c.events {
		for _, x := range c.contestants {
			if train, predict := x.can(); e == training && train || e != training && predict {
				e.entrants = append(e.entrants, x)
			}
		}
		if err := c.takeTurns(e); err != nil {
			return err
		}
	}
	for _, x := range training.entrants {
		accuracy, err := x.accuracy()
		if err != nil {
			return err
		}
		training.accuracies = append(training.accuracies, accuracy)
	}
	return nil
}

// benchmark names what is measured.
func (c *contest) benchmark(what string, batch int) string {
	return fmt.Sprintf("%s/model=%s/input=%s/batch=%d", what, c.modelName(), c.input, batch)
}

// takeTurns holds the rounds of an event, and one before that does not count.
func (c *contest) takeTurns(e *event) error {
	e.times = make([][]float64, len(e.entrants))
	for round := range c.rounds + 1 {
		fmt.Fprintf(c.progress, "%s: round %d of %d\n", e.title, round, c.rounds)
		for i, x := range e.entrants {
			time.Sleep(c.rest)
			t, err := e.turn(x)
			if err != nil {
				return err
			}
			if round > 0 {
				e.times[i] = append(e.times[i], t)
			}
		}
	}
	return nil
}

// checkOutputs compares predictions with ours.
func (c *contest) checkOutputs() error {
	for _, x := range c.contestants[1:] {
		if _, predict := x.can(); !predict {
			continue
		}
		for i := range 10 {
			want, err := c.contestants[0].output(i, i)
			if err != nil {
				return err
			}
			got, err := x.output(i, i)
			if err != nil {
				return err
			}
			if !(math.Abs(got-want) <= 1e-5) { // nor NaN
				return fmt.Errorf("%s predicts %g where we predict %g", x.name(), got, want)
			}
		}
	}
	return nil
}

// print writes a table in Markdown.
func (c *contest) print(w io.Writer) {
	fmt.Fprintf(w, "Medians of %d rounds in turn, %d threads each.\n\n| what | who | time | times ours | accuracy |\n|---|---|---:|---:|---:|\n", c.rounds, c.workers)
	for _, e := range c.events {
		for i, x := range e.entrants {
			t, accuracy := results.Median(e.times[i]), ""
			if e.accuracies != nil {
				accuracy = fmt.Sprintf("%.2f %%", 100*e.accuracies[i])
			}
			fmt.Fprintf(w, "| %s | %s %s | %s | %.2f | %s |\n", e.title, x.name(), x.version(), results.Seconds(t), t/results.Median(e.times[0]), accuracy)
		}
	}
}

// write writes a line for each measurement.
func (c *contest) write(w io.Writer, tier kernels.Tier) error {
	var text strings.Builder
	for _, e := range c.events {
		for i, x := range e.entrants {
			for _, t := range e.times[i] {
				fmt.Fprintf(&text, "Benchmark%s/peer=%s/tier=%s/workers=%d 1 %.6g ns/op %.6g samples/s", e.name, x.name(), tier, c.workers, t*1e9, float64(e.samples)/t)
				if e.accuracies != nil {
					fmt.Fprintf(&text, " %.4g accuracy-%%", 100*e.accuracies[i])
				}
				text.WriteByte('\n')
			}
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}
