package par

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestRunCallsEveryRankOnce(t *testing.T) {
	for _, size := range []int{1, 2, 3, 8} {
		team := NewTeam(size)
		calls := make([]atomic.Int32, size)
		for i := range 1000 {
			team.Run(func(rank int) { calls[rank].Add(1) })
			if i == 500 {
				time.Sleep(10 * time.Millisecond) // long enough for the workers to sleep
			}
		}
		for rank := range calls {
			if n := calls[rank].Load(); n != 1000 {
				t.Errorf("%d ranks: rank %d was called %d times in 1000 tasks", size, rank, n)
			}
		}
		team.Close()
	}
}

// No rank leaves a barrier before all have come to it.
func TestBarrier(t *testing.T) {
	const size, rounds = 4, 200
	team := NewTeam(size)
	defer team.Close()
	var arrived atomic.Int32
	team.Run(func(rank int) {
		for round := range rounds {
			arrived.Add(1)
			team.Barrier(rank)
			if n := arrived.Load(); n < int32(size*(round+1)) {
				t.Errorf("round %d: passed with %d arrivals", round, n)
			}
			team.Barrier(rank)
		}
	})
}

func TestPanicReachesCallerPastBarriers(t *testing.T) {
	for _, culprit := range []int{0, 2} {
		team := NewTeam(3)
		func() {
			defer func() {
				if v := recover(); v != any("boom") {
					t.Errorf("recovered %v, want boom", v)
				}
			}()
			team.Run(func(rank int) {
				if rank == culprit {
					panic("boom")
				}
				team.Barrier(rank)
			})
		}()
		team.Run(func(rank int) { team.Barrier(rank) }) // still of use
		team.Close()
	}
}

// A task of a few microseconds is no reason to wake workers, unless there are many.
func TestReady(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("workers spin only where there is a processor for each")
	}
	team := NewTeam(2)
	defer team.Close()
	ready := func(when string, want bool) {
		t.Helper()
		if got := team.Ready(); got != want {
			t.Errorf("%s: ready %v, want %v", when, got, want)
		}
	}
	sleep := func() {
		for team.awake() {
			time.Sleep(spinTime)
		}
		team.pulse = pulse{}
	}
	sleep()
	ready("asleep", false)
	team.pulse.last = time.Now().Add(time.Hour) // the machine may be slow
	ready("asked just before", true)
	team.Run(func(rank int) {
		if !team.awake() {
			t.Error("asleep at work")
		}
		team.Barrier(rank) // who is done early may sleep
	})
	sleep()
	ready("asleep again", false)

	many := NewTeam(runtime.NumCPU() + 1)
	defer many.Close()
	many.pulse.last = time.Now().Add(time.Hour)
	if many.Ready() {
		t.Error("more workers than processors: ready")
	}
}

func TestCloseEndsWorkers(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		team := NewTeam(8)
		team.Run(func(int) {})
		team.Close()
		team.Close()
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines after Close, %d before", runtime.NumGoroutine(), before)
}

func TestRunAfterClosePanics(t *testing.T) {
	for _, size := range []int{1, 3} {
		team := NewTeam(size)
		team.Close()
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d ranks: no panic", size)
				}
			}()
			team.Run(func(int) {})
		}()
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	team := NewTeam(2)
	defer team.Close()
	task := func(rank int) { team.Barrier(rank) }
	if n := testing.AllocsPerRun(100, func() { team.Run(task) }); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func BenchmarkRun(b *testing.B) {
	team := NewTeam(2)
	defer team.Close()
	task := func(int) {}
	for b.Loop() {
		team.Run(task)
	}
}
