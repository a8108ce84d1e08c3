// Package par has goroutines do short pieces of work in parallel, many thousands of
// them a second: a Team, whose members do each piece together, or a Crew, whose helpers
// take part if they can. It knows nothing of what they do.
package par

import (
	"runtime"
	"slices"
	"sync/atomic"
)

// A Team is a caller and its workers. Rank 0 is the caller; the others are
// goroutines that live until Close. Who waits spins for a while (spinTime), so
// that the next task finds it awake, and then sleeps without using the
// processor.
type Team struct {
	workers  []*gate // of ranks 1, 2, …
	task     func(rank int)
	closing  bool
	finished *gate // where the caller waits for all of them
	spins    bool  // there is a processor for every rank
	pulse    pulse // of calls of Ready that found a worker asleep

	arrived atomic.Int32        // ranks at the barrier
	barrier []*gate             // where each rank waits there
	failure atomic.Pointer[any] // the first panic of the task
}

// NewTeam starts a team of that many ranks; below 1 means 1.
func NewTeam(size int) *Team {
	t := &Team{finished: newGate(), barrier: []*gate{newGate()}}
	for rank := 1; rank < size; rank++ {
		g := newGate()
		t.barrier = append(t.barrier, newGate())
		t.workers = append(t.workers, g)
		go t.serve(rank, g, 0, canSpin(size))
	}
	return t
}

// Size returns the number of ranks.
func (t *Team) Size() int { return 1 + len(t.workers) }

// Run calls task once for every rank, at the same time, and returns when all
// calls have. A panic of one is a panic of Run. Only one goroutine may use a
// team at once, and a task must not call Run. It panics after Close.
func (t *Team) Run(task func(rank int)) {
	if t.closing {
		panic("kernels: the team is closed")
	}
	t.run(task)
}

func (t *Team) run(task func(rank int)) {
	t.task = task
	t.failure.Store(nil)
	t.arrived.Store(0)
	t.spins = canSpin(t.Size())
	seen := t.finished.count.Load()
	for _, g := range t.workers {
		g.open()
	}
	t.lead(seen)
	t.task = nil // what it refers to is not ours to keep
	if f := t.failure.Swap(nil); f != nil {
		panic(*f)
	}
}

// lead is the caller's share: its rank, and to wait for the others, also if the task
// ends the caller (runtime.Goexit).
func (t *Team) lead(seen uint32) {
	defer t.finished.wait(seen+uint32(len(t.workers)), t.spins)
	t.do(0)
}

// canSpin reports whether there is a processor for each of so many ranks.
func canSpin(size int) bool { return size <= min(runtime.GOMAXPROCS(0), runtime.NumCPU()) }

// Ready reports whether it pays to run a task of a few microseconds: the workers are
// awake, or worth waking, because there was other work just before.
func (t *Team) Ready() bool { return canSpin(t.Size()) && (t.awake() || t.pulse.beats()) }

// awake reports whether each worker is at work or spins.
func (t *Team) awake() bool {
	return !slices.ContainsFunc(t.workers, func(g *gate) bool { return g.asleep.Load() })
}

// Barrier waits, inside the task of that rank, until every rank has called it.
func (t *Team) Barrier(rank int) {
	g := t.barrier[rank]
	seen := g.count.Load()
	if t.failure.Load() != nil {
		panic(abandoned)
	}
	if int(t.arrived.Add(1)) == t.Size() {
		t.arrived.Store(0)
		t.openBarrier()
		return
	}
	g.wait(seen+1, t.spins)
	if t.failure.Load() != nil {
		panic(abandoned)
	}
}

// abandoned is the panic of a rank at a barrier to which another, which has
// panicked, does not come.
const abandoned = "kernels: barrier abandoned"

// openBarrier lets all ranks go on.
func (t *Team) openBarrier() {
	for _, g := range t.barrier {
		g.open()
	}
}

// Close ends the workers and returns when they have nothing left to do. The team must
// not be used again.
func (t *Team) Close() {
	if t.closing {
		return
	}
	t.closing = true
	t.run(func(int) {})
}

// serve is the life of a worker. Where a task ends its goroutine, another takes over.
func (t *Team) serve(rank int, g *gate, seen uint32, spins bool) {
	last := false
	defer func() {
		if !last {
			go t.serve(rank, g, seen+1, spins)
		}
	}()
	for ; !last; seen++ {
		g.wait(seen+1, spins)
		last, spins = t.closing, t.spins // what closes the team cannot end the goroutine
		t.help(rank)
	}
}

// help is a worker's share of a task.
func (t *Team) help(rank int) {
	defer t.finished.open()
	t.do(rank)
}

// do runs the task of one rank and keeps its panic for the caller.
func (t *Team) do(rank int) {
	returned := false
	defer func() {
		if v := failure(recover(), returned); v != nil && v != any(abandoned) {
			t.fail(v)
		}
	}()
	t.task(rank)
	returned = true
}

// failure is what a call has panicked with, or nil. A call that did not return either
// has ended its goroutine.
func failure(panicked any, returned bool) any {
	if panicked == nil && !returned {
		return "kernels: runtime.Goexit in shared work"
	}
	return panicked
}

func (t *Team) fail(v any) {
	t.failure.CompareAndSwap(nil, &v)
	t.openBarrier()
}
