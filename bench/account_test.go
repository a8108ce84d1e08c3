package bench

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/bench/internal/account"
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// The flags of BenchmarkStepAccount.
var (
	accountTime = flag.Duration("account.time", 5*time.Second, "how long BenchmarkStepAccount profiles a step: 100 samples a second and worker")
	accountWait = flag.Duration("account.wait", 30*time.Second, "how long it may wait for other programs to leave the cores")
)

// accounted are the models whose step has an account.
var accounted = []string{"reference", "wide"}

// BenchmarkStepAccount says where the time of a step goes: part by part, what it
// takes and what it must take. All parts of a step are from one profile; account.md
// tells more.
func BenchmarkStepAccount(b *testing.B) {
	const batch = 32
	for _, m := range models {
		for _, input := range m.inputKinds() {
			for _, tier := range kernels.Tiers() {
				if tier == kernels.Generic || !slices.Contains(accounted, m.name) {
					continue
				}
				for _, workers := range workerCounts() {
					c := &accountCase{model: m, input: input, batch: batch, tier: tier, workers: workers}
					b.Run(fmt.Sprintf("model=%s/input=%s/batch=%d/tier=%s/workers=%d", m.name, input, batch, tier, workers), c.run)
				}
			}
		}
	}
}

// An accountCase is a step of which there is an account.
type accountCase struct {
	model
	input   string
	batch   int
	tier    kernels.Tier
	workers int
}

func (c *accountCase) run(b *testing.B) {
	var all turns[*stepAccount]
	for _, p := range account.Parts() {
		b.Run("part="+p.String(), all.benchmark(c.measure, func(b *testing.B, a *stepAccount) int { return a.reportPart(b, p) }))
	}
	b.Run("part=all", all.benchmark(c.measure, func(b *testing.B, a *stepAccount) int { return a.reportAll(b) }))
}

// A stepAccount is a profile and what goes with it.
type stepAccount struct {
	account.Profile
	rates  account.Rates
	floors []account.Floor // of the parts
	state  float64         // bytes
	alone  float64         // how often the workers had their cores for themselves, just before and just after
	pace   float64         // of the steps, on average: see glance
}

func (c *accountCase) measure(b *testing.B) *stepAccount {
	t, data := newTrainer(b, c.model, nn.Config{Tier: c.tier, Workers: c.workers, BatchSize: c.batch}), c.data(b, c.input, c.batch)
	step := stepOn(t, data)
	warm(b, 200*time.Millisecond, step)
	team := kernels.NewTeam(c.tier, c.workers)
	defer team.Close()
	a := c.record(b, team, step)
	if top := ceiling(team); top > 0 {
		a.addFloors(team, c.work(data, a.Samples[account.FirstUpdate] > 0), top)
	}
	return a
}

// record profiles the step, and again if other programs were on the cores just before
// or just after, while there is time for it: rates are those of the best moments.
func (c *accountCase) record(b *testing.B, team *kernels.Team, step func() error) *stepAccount {
	const enough, while = 0.9, 200 * time.Millisecond
	for start := time.Now(); ; {
		before := aloneFor(team, while)
		if before < enough && time.Since(start) < *accountWait {
			continue
		}
		var clock watch
		p, err := account.Record(*accountTime, c.workers, clock.over(step))
		if err != nil {
			b.Fatal(err)
		}
		a := &stepAccount{Profile: p, alone: min(before, aloneFor(team, while)), pace: clock.pace()}
		if a.alone >= enough || time.Since(start) > *accountWait {
			return a
		}
	}
}

// stepOn is a step on the same samples again and again, as BenchmarkStep makes it.
func stepOn(t *nn.Trainer, d nn.Dataset) func() error {
	return func() error {
		_, err := t.TrainOnBatch(d)
		return err
	}
}

// warm makes steps for some time: buffers are made and workers wake up.
func warm(b *testing.B, long time.Duration, step func() error) {
	runtime.GC() // not while steps are measured
	for start := time.Now(); time.Since(start) < long; {
		if err := step(); err != nil {
			b.Fatal(err)
		}
	}
}

// work is what a step on the data comes to.
func (c *accountCase) work(d nn.Dataset, sparse bool) account.Step {
	s := account.Step{Sizes: c.sizes, Batch: c.batch, Sparse: sparse, NonZero: c.batch * c.inputs(), Live: c.inputs()}
	if x, ok := d.X.(nn.Bytes); ok {
		s.NonZero, s.Live = countBytes(x.Data, x.Columns)
	}
	return s
}

// countBytes counts the bytes that are not zero, and the columns that have any.
func countBytes(data []uint8, columns int) (nonZero, live int) {
	seen := make([]bool, columns)
	for i, x := range data {
		if x != 0 {
			nonZero++
			seen[i%columns] = true
		}
	}
	for _, s := range seen {
		if s {
			live++
		}
	}
	return nonZero, live
}

// addFloors measures rates, which are those of the fastest clock just now, and takes them
// at the clock of the steps.
func (a *stepAccount) addFloors(team *kernels.Team, s account.Step, top float64) {
	a.state = s.State()
	before := fastestPace(team)
	measured := account.Measure(team, top)
	for _, w := range s.Work() { // and what it asks for is measured
		w.Floor(measured)
	}
	measured.Read(a.state)
	measured.Rewrite(a.state)
	a.rates = measured.At(min(before, fastestPace(team)) / a.pace)
	for _, w := range s.Work() {
		a.floors = append(a.floors, w.Floor(a.rates))
	}
}

func (a *stepAccount) reportPart(b *testing.B, p account.Part) (steps int) {
	ns, deviation := a.Time(p)
	b.ReportMetric(ns, "ns/op")
	b.ReportMetric(deviation, "deviation-ns")
	b.ReportMetric(float64(a.Samples[p]), "samples")
	if a.floors != nil {
		f := a.floors[p]
		for unit, limit := range map[string]float64{"fma-ns": f.FMA, "bytes-ns": f.Bytes, "divider-ns": f.Divider} {
			if limit > 0 {
				b.ReportMetric(limit, unit)
			}
		}
		reportFloor(b, f.Longest(), ns)
	}
	return a.Steps
}

func (a *stepAccount) reportAll(b *testing.B) (steps int) {
	b.ReportMetric(a.Total(), "ns/op")
	b.ReportMetric(float64(a.All()), "samples")
	b.ReportMetric(100*a.Busy(), "busy-%")
	b.ReportMetric(100*a.alone, "alone-%")
	if a.floors != nil {
		sum := 0.0
		for _, f := range a.floors {
			sum += f.Longest()
		}
		reportFloor(b, sum, a.Total())
		b.ReportMetric(a.rates.Flops, "fma-GFLOP/s")
		b.ReportMetric(a.rates.Updates, "update-elem/ns")
		b.ReportMetric(a.rates.Read(a.state), "read-GB/s")
		b.ReportMetric(a.rates.Rewrite(a.state), "rewrite-GB/s")
		b.ReportMetric(a.state, "state-B")
	}
	return a.Steps
}

// reportFloor reports the least time and its share of the time.
func reportFloor(b *testing.B, floor, ns float64) {
	b.ReportMetric(floor, "floor-ns")
	if floor > 0 && ns > 0 {
		b.ReportMetric(100*floor/ns, "floor-%")
	}
}

func TestWorkOfData(t *testing.T) {
	c := accountCase{model: models[0], batch: 2}
	x := make([]uint8, 2*784)
	x[3], x[5], x[784+5] = 1, 2, 3
	s := c.work(nn.Dataset{X: nn.Bytes{Data: x, Columns: 784, Divisor: 255}}, true)
	if s.NonZero != 3 || s.Live != 2 || !s.Sparse || s.Batch != 2 {
		t.Errorf("%+v", s)
	}
	if s := c.work(nn.Dataset{X: nn.Floats{}}, false); s.NonZero != 2*784 || s.Live != 784 {
		t.Errorf("%+v", s)
	}
}
