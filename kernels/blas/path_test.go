package blas_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/blas"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A workload is calls of every routine that is ours, the last product shared out.
type workload struct{ x, y []float32 }

func newWorkload() *workload {
	rnd := rand.New(rand.NewPCG(1, 2))
	return &workload{single(randomVector(rnd, 210*210)), single(randomVector(rnd, 210*210))}
}

// run returns what the calls compute, one after the other.
func (w *workload) run(impl *blas.Implementation, results []float32) []float32 {
	results = results[:0]
	for _, n := range []int{5, 64, 204} {
		impl.Sgemm(blas.NoTrans, blas.Trans, n, n, n, 0.7, w.x, n+1, w.y, n+2, 0.3, extend(&results, n*(n+3)), n+3)
	}
	impl.Sgemv(blas.Trans, 200, 200, 0.7, w.x, 210, w.y, 1, 0, extend(&results, 200), 1)
	impl.Sger(10, 300, 0.7, w.x, 1, w.y, 1, extend(&results, 3000), 300)
	impl.Saxpy(5000, 0.7, w.x, 1, extend(&results, 5000), 1)
	impl.Sscal(5000, 0.7, results[len(results)-5000:], 1)
	return append(results, impl.Snrm2(5001, w.x, 1), impl.Sasum(5001, w.x, 1))
}

// extend appends n zeros and returns them.
func extend(x *[]float32, n int) []float32 {
	*x = append(*x, make([]float32, n)...)
	return (*x)[len(*x)-n:]
}

// The bits depend neither on the tier nor on the number of workers.
func TestBitsDependOnArgumentsAlone(t *testing.T) {
	w := newWorkload()
	want := w.run(&blas.Implementation{Tier: kernels.Generic, Workers: 1}, nil)
	for _, tier := range kernels.Tiers() {
		for _, workers := range []int{0, 1, 3, 16} {
			got := w.run(&blas.Implementation{Tier: tier, Workers: workers}, nil)
			requireSame(t, fmt.Sprintf("%v, %d workers", tier, workers), got, want)
		}
	}
}

// Sgemm is Core.Gemm, to the bit.
func TestSgemmIsGemm(t *testing.T) {
	const m, k, n = 250, 240, 230
	a, b, c := numbers(m*k), numbers(k*n), numbers(m*n)
	want := kernels.View(numbers(m*n), m, n)
	kernels.NewCore(kernels.Auto).Gemm(0.7, kernels.View(a, m, k), kernels.View(b, n, k).T(), 0.3, want, kernels.Epilogue{})
	(&blas.Implementation{}).Sgemm(blas.NoTrans, blas.Trans, m, n, k, 0.7, a, k, b, k, 0.3, c, n)
	requireSame(t, "Sgemm", c, want.Data)
}

func TestManyGoroutines(t *testing.T) {
	w := newWorkload()
	impl := &blas.Implementation{Workers: 3}
	want := w.run(impl, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			var results []float32
			for range suite.Rounds(30) {
				results = w.run(impl, results)
				requireSame(t, "one of many goroutines", results, want)
			}
		})
	}
	all.Wait()
}

// Helpers begin with a large product, and end soon after the last, again and again.
func TestHelpersComeAndGo(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("needs two processors")
	}
	const n = 300
	x, c := numbers(n*n), numbers(n*n)
	impl := &blas.Implementation{Workers: 4}
	before := fewestGoroutines(100 * time.Millisecond)
	within := func(limit time.Duration, what string, ok func() bool) {
		for start := time.Now(); !ok(); {
			if time.Since(start) > limit {
				t.Fatalf("%s: %d goroutines after %v, %d before", what, runtime.NumGoroutine(), limit, before)
			}
		}
	}
	for range 3 {
		within(time.Minute, "no helper has come", func() bool {
			most := mostGoroutines(func() { // a helper may have ended before the product does
				impl.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, x, n, 0, c, n)
			})
			return most > before+1
		})
		within(time.Minute, "helpers have not gone", func() bool {
			time.Sleep(time.Millisecond)
			return runtime.NumGoroutine() <= before
		})
	}
}

// mostGoroutines looks while a goroutine, which counts as one, calls f.
func mostGoroutines(f func()) int {
	most, done := 0, make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for {
		select {
		case <-done:
			return most
		default:
			most = max(most, runtime.NumGoroutine())
			runtime.Gosched()
		}
	}
}

// fewestGoroutines looks for some time: those of earlier tests may be ending.
func fewestGoroutines(during time.Duration) int {
	fewest := runtime.NumGoroutine()
	for start := time.Now(); time.Since(start) < during; time.Sleep(time.Millisecond) {
		fewest = min(fewest, runtime.NumGoroutine())
	}
	return fewest
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	if !poolKeeps() {
		t.Skip("sync.Pool forgets at random under the race detector")
	}
	w := newWorkload()
	impl := &blas.Implementation{Workers: 3}
	results := w.run(impl, nil)
	for _, pause := range []time.Duration{0, 5 * time.Millisecond} { // helpers at hand, and ended
		const runs, stretches = 5, 100
		least := ^uint64(0)
		for i := 0; i < stretches && least > 0; i++ { // the pool fills and, after a collection, fills again
			least = min(least, mallocs(func() {
				for range runs {
					time.Sleep(pause)
					results = w.run(impl, results)
				}
			}))
		}
		if least > 0 {
			t.Errorf("at least %d allocations in %d runs, %v between runs", least, runs, pause)
		}
	}
}

// mallocs is the number of allocations while f runs, without the change of
// GOMAXPROCS that testing.AllocsPerRun makes, which empties a sync.Pool.
func mallocs(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}

func poolKeeps() bool {
	var pool sync.Pool
	for range 100 {
		pool.Put(new(int))
		if pool.Get() == nil {
			return false
		}
	}
	return true
}
