package bench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// exampleReport is of two shapes, whose times are those of 1 GFLOP/s and so on.
func exampleReport() report {
	s := shape{name: "example", m: 10, k: 5, n: 10, op: "nn"} // 1000 operations
	const visit = 100
	times := func(gflops ...float64) *series {
		x := &series{}
		for _, g := range gflops {
			x.samples = append(x.samples, sample{steps: 1000/g + visit, paces: []float64{0.5, 1, 2}}) // ns a step
		}
		x.samples[0].crowded = 1
		return x
	}
	c := &comparison{
		contestants: []*contestant{{name: oursName}, {name: gonumName}, {name: "blis"}, {name: "mkl"}},
		visits:      []float64{visit - 10, visit, visit + 50},
		ceilings:    []float64{15, 16, 28},
		trials: []*trial{
			{s, []*series{times(8, 8.1, 7.9, 8, 1), times(1, 1, 1, 1, 1), times(9, 10, 10, 11, 10), times(4, 4, 4, 4, 4)}},
			{s, []*series{times(5, 6, 4), times(1, 1, 2), times(3, 4, 7), times(4, 5, 4.5)}},
		},
	}
	return c.report()
}

func TestReport(t *testing.T) {
	r := exampleReport()
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	first, second := r.rows[0], r.rows[1]
	near("visit", r.visit, 100)
	near("crowded", r.crowded, 8/96.)
	near("median", first.gflops[0], 8)
	near("ofCeiling", first.ofCeiling(), 0.5)
	near("ofGonum", first.ofGonum(), 8)
	near("ofBest", first.ofBest(), 0.8)
	near("ofBest", second.ofBest(), 5/4.5)
	near("mean", r.mean(row.ofBest), math.Sqrt(0.8*5/4.5))
	if !first.differ || second.differ {
		t.Errorf("differ: %v and %v, want true and false", first.differ, second.differ)
	}

	var out strings.Builder
	r.print(&out)
	for _, want := range []string{
		"100 ns", "ours  gonum  blis  mkl  ceiling  ours/ceiling  ours/best  ours/gonum",
		"  8.0    1.0  10.0  4.0     16.0          0.50       0.80         8.0", "~1.11",
		"\n8.3 % was measured beside", "\nbelow the best peer: example 0.80 (blis)\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestMedian(t *testing.T) {
	x := []float64{5, 1, 4}
	if m := median(x); m != 4 {
		t.Errorf("median %v, want 4", m)
	}
	if m := median([]float64{1, 2, 3, 10}); m != 2.5 {
		t.Errorf("median %v, want 2.5", m)
	}
	if x[0] != 5 {
		t.Error("median sorts its argument")
	}
}

// Short calls are repeated until they can be timed, long ones are not.
func TestSeries(t *testing.T) {
	wait := func(d time.Duration) func() {
		return func() {
			for start := time.Now(); time.Since(start) < d; {
			}
		}
	}
	short, long := &series{call: wait(10 * time.Microsecond), settle: settleTime}, &series{call: wait(2 * sampleTime)}
	x := short.sample()
	long.sample()
	if short.calls < 2 || short.slices < 2 || long.calls != 1 || long.slices != 1 {
		t.Errorf("short: %d slices of %d calls, long: %d of %d", short.slices, short.calls, long.slices, long.calls)
	}
	if ns := x.steps * slices.Max(x.paces); ns < 10e3 {
		t.Errorf("a call of 10 µs took %v ns", ns)
	}
}

func TestThreadRunsInOrder(t *testing.T) {
	x := newThread()
	defer close(x)
	n := 0
	for i := range 100 {
		x.do(func() { n++ })
		if n != i+1 {
			t.Fatalf("do returned before function %d", i)
		}
	}
}
