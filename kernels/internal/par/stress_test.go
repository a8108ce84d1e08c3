package par

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"
)

// onProcessors runs a test with several numbers of processors.
func onProcessors(t *testing.T, test func(t *testing.T)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(n)
		test(t)
	}
}

// moment is how long each stress goes on.
const moment = 100 * time.Millisecond

// Tasks with panics and barriers, with pauses that are about as long as workers spin.
func TestTeamStress(t *testing.T) {
	onProcessors(t, func(t *testing.T) {
		for _, size := range []int{2, 3, 8} {
			team, sums := NewTeam(size), make([]int, size)
			for end := time.Now().Add(moment); time.Now().Before(end); {
				rounds, culprit := rand.IntN(4), -1
				if rand.IntN(5) == 0 {
					culprit = rand.IntN(size)
				}
				panics := recovered(func() {
					team.Run(func(rank int) {
						for range rounds {
							sums[rank]++
							team.Barrier(rank)
							_ = sums[(rank+1)%size] // a race unless the barrier holds
							team.Barrier(rank)
						}
						if rank == culprit {
							panic("boom")
						}
					})
				}) != nil
				if panics != (culprit >= 0) {
					t.Fatalf("panic %v of rank %d", panics, culprit)
				}
				pause(100)
			}
			team.Close()
		}
	})
}

// Parts with panics, of different numbers and durations.
func TestCrewStress(t *testing.T) {
	onProcessors(t, func(t *testing.T) {
		var c Crew
		for end := time.Now().Add(3 * moment); time.Now().Before(end); {
			done, culprit := make([]int, rand.IntN(20)), -1
			if len(done) > 0 && rand.IntN(20) == 0 {
				culprit = rand.IntN(len(done))
			}
			panics := recovered(func() {
				c.Share(len(done), rand.IntN(9), func(part int) {
					if part == culprit {
						panic("boom")
					}
					if part%5 == 0 {
						runtime.Gosched()
					}
					done[part]++ // a race if two do a part, or one does it after Share
				})
			}) != nil
			if panics != (culprit >= 0) {
				t.Fatalf("panic %v of part %d", panics, culprit)
			}
			for part, n := range done {
				if n != 1 && !panics {
					t.Fatalf("part %d was done %d times", part, n)
				}
			}
			pause(50)
		}
	})
}

// recovered is what f panics with, or nil.
func recovered(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// pause sleeps now and then, once in n.
func pause(n int) {
	if rand.IntN(n) == 0 {
		time.Sleep(time.Duration(rand.IntN(int(3 * spinTime))))
	}
}

// What ends its goroutine (runtime.Goexit, as t.FailNow does) does not pass for success,
// and holds nobody up.
func TestGoexit(t *testing.T) {
	exitOf := func(culprit int) func(int) {
		return func(i int) {
			if i == culprit {
				runtime.Goexit()
			}
		}
	}
	onProcessors(t, func(t *testing.T) {
		team := NewTeam(3)
		defer team.Close()
		var c Crew
		for range 20 {
			if recovered(func() { team.Run(exitOf(1)) }) == nil {
				t.Fatal("Run: the end of a worker passes for success")
			}
			if !ends(func() { team.Run(exitOf(0)) }) {
				t.Fatal("Run: the caller goes on where its task has ended it")
			}
			var v any // a part may be the caller's or a helper's
			if !ends(func() { v = recovered(func() { c.Share(6, 2, exitOf(3)) }) }) && v == nil {
				t.Fatal("Share: the end of a helper passes for success")
			}
			var calls [3]int
			team.Run(func(rank int) { calls[rank]++ })
			if calls != [...]int{1, 1, 1} {
				t.Fatalf("ranks were called %v times after it", calls)
			}
			c.Share(6, 2, func(int) {})
		}
	})
}

// ends reports whether f ends its goroutine.
func ends(f func()) bool {
	returned := false
	var group sync.WaitGroup
	group.Go(func() {
		f()
		returned = true
	})
	group.Wait()
	return !returned
}

func TestNothingIsKept(t *testing.T) {
	team := NewTeam(2)
	defer team.Close()
	team.Run(func(int) {})
	var c Crew
	c.Share(4, 1, func(int) {})
	if team.task != nil || c.do != nil {
		t.Error("a task is kept after it is done")
	}
}
