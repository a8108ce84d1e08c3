package par

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestCrewDoesEachPartOnce(t *testing.T) {
	var c Crew
	for round := range 300 {
		parts, helpers := round%40, round%5
		calls := make([]atomic.Int32, parts)
		c.Share(parts, helpers, func(part int) { calls[part].Add(1) })
		for part := range calls {
			if n := calls[part].Load(); n != 1 {
				t.Fatalf("round %d: part %d of %d was done %d times", round, part, parts, n)
			}
		}
		if round%100 == 50 {
			time.Sleep(10 * time.Millisecond) // long enough for the helpers to end
		}
	}
}

// The caller does not wait for helpers that have no processor.
func TestCrewNeedsNoHelper(t *testing.T) {
	var c Crew
	c.helpers.Store(3) // alive, they would say, and never get to run
	n := 0
	c.Share(10, 3, func(int) { n++ })
	if n != 10 {
		t.Errorf("%d parts done, want 10", n)
	}
	if alive := c.helpers.Load(); alive != 3 {
		t.Errorf("%d helpers alive, want the 3 that were there", alive)
	}
}

// Who fails spares the others their parts.
func TestCrewStopsAtPanic(t *testing.T) {
	var c Crew
	c.helpers.Store(1) // never gets to run, or it could fail at the same time
	n := 0
	recovered(func() {
		c.Share(10, 1, func(int) {
			n++
			panic("boom")
		})
	})
	if n != 1 {
		t.Errorf("%d parts done, want 1", n)
	}
}

func TestCrewHelps(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("needs two processors")
	}
	var c Crew
	both := make(chan struct{})
	c.Share(2, 1, func(part int) { // neither part can be done without the other
		if part == 0 {
			both <- struct{}{}
		} else {
			<-both
		}
	})
}

func TestCrewPanics(t *testing.T) {
	var c Crew
	for part := range 8 {
		func() {
			defer func() {
				if v := recover(); v != any("boom") {
					t.Errorf("recovered %v, want boom", v)
				}
			}()
			c.Share(8, 2, func(p int) {
				if p == part {
					panic("boom")
				}
			})
		}()
		done := atomic.Int32{}
		c.Share(5, 2, func(int) { done.Add(1) }) // still of use
		if n := done.Load(); n != 5 {
			t.Errorf("%d parts done after a panic, want 5", n)
		}
	}
}

func TestCrewHelpersEnd(t *testing.T) {
	before := runtime.NumGoroutine()
	var c Crew
	for range 10 {
		c.Share(4, 3, func(int) {})
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before && c.helpers.Load() == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

// Small work is worth no helper, unless there is more of it.
func TestCrewReady(t *testing.T) {
	var c Crew
	if c.Ready() {
		t.Error("ready before any work")
	}
	c.pulse.last = time.Now().Add(time.Hour) // the machine may be slow
	if !c.Ready() {
		t.Error("work just before: not ready")
	}
	c.pulse = pulse{}
	c.helpers.Store(1)
	if !c.Ready() {
		t.Error("a helper is there: not ready")
	}
}

func TestCrewAllocatesNothing(t *testing.T) {
	var c Crew
	do := func(int) {}
	if n := testing.AllocsPerRun(100, func() { c.Share(4, 1, do) }); n != 0 {
		t.Errorf("%v allocations a call", n)
	}
}

func BenchmarkShare(b *testing.B) {
	var c Crew
	do := func(int) {}
	for b.Loop() {
		c.Share(2, 1, do)
	}
}
