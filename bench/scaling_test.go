package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// What scaling is measured over: powers of two, and some that are none.
var (
	scaledBatches = []int{8, 16, 32, 64, 100, 128, 256, 512, 1000, 1024, 2048, 4096}
	scaledWidths  = []int{32, 64, 100, 128, 256, 300, 512, 1000, 1024, 2048, 4096}
)

// BenchmarkScaling measures a step over sizes of batches, of the reference model, and
// over widths of layers: 784-w-w-10 in batches of 32. A point takes 0.3 s at most,
// whatever -benchtime is.
func BenchmarkScaling(b *testing.B) {
	for _, tier := range kernels.Tiers() {
		if tier == kernels.Generic {
			continue
		}
		for _, workers := range workerCounts() {
			for _, batch := range scaledBatches {
				benchmarkScaling(b, fmt.Sprintf("batch=%d", batch), models[0], batch, tier, workers)
			}
			for _, width := range scaledWidths {
				m := model{fmt.Sprint(width), []int{784, width, width, 10}}
				benchmarkScaling(b, fmt.Sprintf("width=%d", width), m, 32, tier, workers)
			}
		}
	}
}

func benchmarkScaling(b *testing.B, name string, m model, batch int, tier kernels.Tier, workers int) {
	var points turns[scalingPoint]
	measure := func(b *testing.B) scalingPoint {
		t := newTrainer(b, m, nn.Config{Tier: tier, Workers: workers, BatchSize: batch})
		return measurePoint(b, stepOn(t, m.data(b, "mnist", batch)))
	}
	b.Run(fmt.Sprintf("%s/tier=%s/workers=%d", name, tier, workers), points.benchmark(measure, func(b *testing.B, p scalingPoint) int {
		b.ReportMetric(p.ns, "ns/op")
		b.ReportMetric(p.ns/float64(batch), "ns/sample")
		b.ReportMetric(1e9*float64(batch)/p.ns, "samples/s")
		b.ReportMetric(float64(batch)*m.stepFlops()/p.ns, "GFLOP/s")
		return p.steps
	}))
}

// A scalingPoint is the time of a step, in ns, and how many were measured.
type scalingPoint struct {
	ns    float64
	steps int
}

// measurePoint takes the median of slices, each a step if that can be timed: where
// something else takes the processor now and then, that spoils a few of them.
func measurePoint(b *testing.B, step func() error) scalingPoint {
	const warming, measuring, slice = 60 * time.Millisecond, 180 * time.Millisecond, 200 * time.Microsecond
	warm(b, warming, step)
	call := func() {
		if err := step(); err != nil {
			b.Fatal(err)
		}
	}
	var times []float64
	calls := max(1, int(float64(slice)/perCall(call, 1)))
	for start := time.Now(); time.Since(start) < measuring; {
		times = append(times, perCall(call, calls))
	}
	return scalingPoint{median(times), calls * len(times)}
}
