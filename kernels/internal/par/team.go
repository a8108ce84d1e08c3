// Package par keeps a team of goroutines ready for short pieces of parallel
// work, many thousands of them a second. It knows nothing of what they do.
package par

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

// A Team is a caller and its workers. Rank 0 is the caller; the others are
// goroutines that live until Close. Between tasks they spin for some 50 µs, so
// that the next task finds them awake, and then sleep without using the
// processor.
type Team struct {
	workers  []*gate // of ranks 1, 2, …
	task     func(rank int)
	closing  bool
	working  atomic.Int32 // workers that have not finished the task
	finished *gate        // where the caller waits for them
	barrier  barrier
	failure  atomic.Pointer[any] // the first panic of the task
}

// NewTeam starts a team of that many ranks; below 1 means 1.
func NewTeam(size int) *Team {
	t := &Team{finished: newGate()}
	for rank := 1; rank < size; rank++ {
		g := newGate()
		t.workers = append(t.workers, g)
		go t.serve(rank, g)
	}
	return t
}

// Size returns the number of ranks.
func (t *Team) Size() int { return 1 + len(t.workers) }

// Run calls task once for every rank, at the same time, and returns when all
// calls have. A panic of one is a panic of Run. Only one goroutine may use a
// team at once, and a task must not call Run.
func (t *Team) Run(task func(rank int)) {
	t.task = task
	t.failure.Store(nil)
	t.barrier.reset()
	seen := t.finished.opened()
	t.working.Store(int32(len(t.workers)))
	for _, g := range t.workers {
		g.open()
	}
	t.do(0)
	if len(t.workers) > 0 {
		t.finished.wait(seen)
	}
	if f := t.failure.Load(); f != nil {
		panic(*f)
	}
}

// Barrier waits, inside a task, until every rank has called it.
func (t *Team) Barrier() {
	t.barrier.wait(t.Size(), &t.failure)
}

// Close ends the workers and returns when they are gone. The team must not be
// used again.
func (t *Team) Close() {
	if t.closing {
		return
	}
	t.closing = true
	t.Run(func(int) {})
}

// serve is the life of a worker.
func (t *Team) serve(rank int, g *gate) {
	for seen := uint32(0); ; seen++ {
		g.wait(seen)
		last := t.closing
		t.do(rank)
		if t.working.Add(-1) == 0 {
			t.finished.open()
		}
		if last {
			return
		}
	}
}

// do runs the task of one rank and keeps its panic for the caller.
func (t *Team) do(rank int) {
	defer func() {
		if v := recover(); v != nil && v != any(abandoned) {
			t.fail(rank, v)
		}
	}()
	t.task(rank)
}

func (t *Team) fail(rank int, v any) {
	if rank > 0 {
		v = fmt.Sprintf("%v [of worker %d]", v, rank)
	}
	t.failure.CompareAndSwap(nil, &v)
}

// spins is how often a waiting goroutine looks before it sleeps: with a yield
// every spinsToYield looks, some 50 µs.
const (
	spins        = 20000
	spinsToYield = 100
)

// A gate lets one goroutine wait until another opens it. It counts how often
// it was opened.
type gate struct {
	count  atomic.Uint32
	asleep atomic.Bool
	wake   chan struct{}
	_      [128 - 24]byte // one gate's spinning must not slow another
}

func newGate() *gate { return &gate{wake: make(chan struct{}, 1)} }

func (g *gate) opened() uint32 { return g.count.Load() }

func (g *gate) open() {
	g.count.Add(1)
	if g.asleep.CompareAndSwap(true, false) {
		g.wake <- struct{}{}
	}
}

// wait returns once the gate was opened more often than seen.
func (g *gate) wait(seen uint32) {
	for i := range spins {
		if g.count.Load() != seen {
			return
		}
		if i%spinsToYield == spinsToYield-1 {
			runtime.Gosched()
		}
	}
	g.asleep.Store(true)
	if g.count.Load() != seen && g.asleep.CompareAndSwap(true, false) {
		return
	}
	<-g.wake
}

// abandoned is the panic of a rank that waits for one that has panicked.
const abandoned = "par: barrier abandoned"

// A barrier counts the ranks that have come, and the times that all had.
type barrier struct {
	arrived atomic.Int32
	passed  atomic.Uint32
	_       [128 - 8]byte
}

func (b *barrier) reset() { b.arrived.Store(0) }

func (b *barrier) wait(size int, failure *atomic.Pointer[any]) {
	passed := b.passed.Load()
	if int(b.arrived.Add(1)) == size {
		b.arrived.Store(0)
		b.passed.Add(1)
		return
	}
	for i := 1; b.passed.Load() == passed; i++ {
		if i%spinsToYield == 0 {
			if failure.Load() != nil {
				panic(abandoned)
			}
			runtime.Gosched()
		}
	}
}
