package bench

import (
	"fmt"
	"math"
	"runtime"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A contestant computes products in its own way.
type contestant struct {
	name    string
	about   string                        // version and origin
	prepare func(p product) (call func()) // call computes p.c, then visits C
	around  func(turn func())             // is called for each turn, nil to just have it
	thread  thread
}

// take has the contestant's turn on its thread.
func (c *contestant) take(turn func()) {
	if around := c.around; around != nil {
		c.thread.do(func() { around(turn) })
		return
	}
	c.thread.do(turn)
}

// A thread runs functions on one thread of the operating system, to which
// belong the thread pool and the binding that a C library makes there.
type thread chan func()

// newThread starts a thread. It ends when the channel is closed.
func newThread() thread {
	t := make(thread)
	go func() {
		runtime.LockOSThread() // for good: no other goroutine may inherit what C did to it
		for f := range t {
			f()
		}
	}()
	t.do(func() {}) // it is there, with the affinity of now
	return t
}

// do runs f and returns when it has returned.
func (t thread) do(f func()) {
	done := make(chan struct{})
	t <- func() {
		defer close(done)
		f()
	}
	<-done
}

// ours is the contestant that the others are compared with. A visit to C
// follows each product of Go, as one is part of each product of C.
func ours(team *kernels.Team, packs bool, visit func()) *contestant {
	about := fmt.Sprintf("kernels.Team.Gemm, tier %s", team.Tier())
	if packs {
		about += "; with weights, GemmPacked"
	}
	return &contestant{
		name: oursName, about: about,
		prepare: func(p product) func() {
			multiply := gemm(team, p)
			if packs && p.weights {
				multiply = gemmPacked(team, p)
			}
			return func() {
				multiply()
				visit()
			}
		},
	}
}

func gemm(team *kernels.Team, p product) func() {
	a, b, c := p.mats()
	return func() { team.Gemm(1, a, b, 0, c, kernels.Epilogue{}) }
}

// gemmPacked multiplies by a b that is packed once, before.
func gemmPacked(team *kernels.Team, p product) func() {
	a, b, c := p.mats()
	var packed kernels.Packed
	kernels.NewCore(team.Tier()).Pack(&packed, b)
	return func() { team.GemmPacked(1, a, &packed, 0, c, kernels.Epilogue{}) }
}

func newGonum(workers int, visit func()) *contestant {
	return &contestant{
		name: gonumName, about: "gonum/blas/gonum, with GOMAXPROCS to hold it to its workers",
		prepare: func(p product) func() {
			transA, transB := blasTranspose(p.transA()), blasTranspose(p.transB())
			return func() {
				gonum.Implementation{}.Sgemm(transA, transB, p.m, p.n, p.k, 1, p.a, p.lda(), p.b, p.ldb(), 0, p.c, p.n)
				visit()
			}
		},
		around: func(turn func()) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
			turn()
		},
	}
}

func blasTranspose(t bool) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}

// checkResult compares a contestant's c with ours, p.c. Each is off by at most
// one rounding a step of sums that are at most k/4: the operands are below 1/2.
func checkResult(p product, got []float32) error {
	k := float64(p.k)
	bound := 2 * k * 0x1p-24 * k / 4
	for i, want := range p.c {
		if d := math.Abs(float64(got[i]) - float64(want)); !(d <= bound) { // nor NaN
			return fmt.Errorf("element %d is %g, ours %g", i, got[i], want)
		}
	}
	return nil
}
