package bench

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// workerCounts are one and all.
func workerCounts() []int { return slices.Compact([]int{1, runtime.GOMAXPROCS(0)}) }

// forEachBatch runs a benchmark for every model, size of batch and kind of
// input. Those of generic that take long are left out.
func forEachBatch(b *testing.B, flops func(model) float64, run func(b *testing.B, m model, input string, batch int, tier kernels.Tier)) {
	for _, m := range models {
		for _, batch := range []int{1, 32, 128, 1024} {
			for _, input := range m.inputKinds() {
				for _, tier := range kernels.Tiers() {
					if tier == kernels.Generic && float64(batch)*flops(m) > slowFlops {
						continue
					}
					b.Run(fmt.Sprintf("model=%s/batch=%d/input=%s/tier=%s", m.name, batch, input, tier), func(b *testing.B) {
						run(b, m, input, batch, tier)
					})
				}
			}
		}
	}
}

// reportSamples reports a rate of samples, and what it is in GFLOP/s and of the
// FMA ceiling.
func reportSamples(b *testing.B, samples int, flops, ceiling float64) {
	rate := float64(samples) * float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "samples/s")
	reportRate(b, rate*flops/1e9, ceiling)
}

// ceilingOf is the FMA ceiling of some workers, at work all at once.
func ceilingOf(tier kernels.Tier, workers int) float64 {
	team := kernels.NewTeam(tier, workers)
	defer team.Close()
	return ceiling(team)
}

// BenchmarkStep measures one step of training: forward, back, Adam.
func BenchmarkStep(b *testing.B) {
	forEachBatch(b, model.stepFlops, func(b *testing.B, m model, input string, batch int, tier kernels.Tier) {
		for _, workers := range workerCounts() {
			b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
				t := newTrainer(b, m, nn.Config{Tier: tier, Workers: workers, BatchSize: batch})
				data := m.data(b, input, batch)
				top := ceilingOf(tier, workers)
				for b.Loop() {
					if _, err := t.TrainOnBatch(data); err != nil {
						b.Fatal(err)
					}
				}
				reportSamples(b, batch, m.stepFlops(), top)
			})
		}
	})
}

func newTrainer(b *testing.B, m model, c nn.Config) *nn.Trainer {
	t, err := nn.NewTrainer(m.build(b), c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(t.Close)
	return t
}

// BenchmarkEpoch measures passes over MNIST, shuffled, as Fit makes them.
func BenchmarkEpoch(b *testing.B) {
	for _, name := range []string{"reference", "one-layer"} {
		m := models[slices.IndexFunc(models, func(m model) bool { return m.name == name })]
		for _, batch := range []int{32, 128} {
			for _, tier := range kernels.Tiers() {
				if tier == kernels.Generic {
					continue // a minute
				}
				for _, workers := range workerCounts() {
					b.Run(fmt.Sprintf("model=%s/batch=%d/input=mnist/tier=%s/workers=%d", m.name, batch, tier, workers), func(b *testing.B) {
						benchmarkEpoch(b, m, nn.Config{Tier: tier, Workers: workers, BatchSize: batch})
					})
				}
			}
		}
	}
}

func benchmarkEpoch(b *testing.B, m model, c nn.Config) {
	const samples = 60000
	t, data, top := newTrainer(b, m, c), m.data(b, "mnist", samples), ceilingOf(c.Tier, c.Workers)
	for b.Loop() {
		if _, err := t.Fit(context.Background(), data, nn.FitConfig{Epochs: 1, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
	reportSamples(b, samples, m.stepFlops(), top)
}

// BenchmarkPredict measures Predict. It takes its tier
// from the environment when a model predicts for the first time.
func BenchmarkPredict(b *testing.B) {
	forEachBatch(b, model.forwardFlops, func(b *testing.B, m model, input string, batch int, tier kernels.Tier) {
		b.Setenv(kernels.TierEnv, tier.String())
		s, x, dst := m.build(b), m.data(b, input, batch).X, kernels.NewMat(batch, m.classes())
		top := ceilingOf(tier, 1)
		for b.Loop() {
			if err := s.Predict(context.Background(), dst, x); err != nil {
				b.Fatal(err)
			}
		}
		reportSamples(b, batch, m.forwardFlops(), top)
	})
}
