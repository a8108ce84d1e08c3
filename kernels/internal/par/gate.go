package par

import (
	"sync/atomic"
	"time"
)

// spinTime is how long a goroutine spins before it sleeps. To wake one takes
// some 50 µs on a virtual machine, for which the others wait in turn: with a
// limit as short as that, one late worker sent them all to sleep, step after
// step (425 µs a step of the reference run instead of 255).
const spinTime = 500 * time.Microsecond

// A gate lets one goroutine wait until others have opened it. It counts how often
// they did.
type gate struct {
	count  atomic.Uint32
	asleep atomic.Bool
	wake   chan struct{}
	_      [128 - 16]byte // one gate's spinning must not slow another
}

func newGate() *gate { return &gate{wake: make(chan struct{}, 1)} }

func (g *gate) open() {
	g.count.Add(1)
	if g.asleep.CompareAndSwap(true, false) {
		g.wake <- struct{}{}
	}
}

// opened reports whether it was opened that often, or some more: the count may wrap.
func (g *gate) opened(count uint32) bool { return int32(g.count.Load()-count) >= 0 }

// wait returns once the gate was opened that often. Spinning makes sense only where there
// is a processor for everyone.
func (g *gate) wait(count uint32, spin bool) {
	const looks = 500 // between two looks at the clock
	for start := time.Now(); spin && time.Since(start) < spinTime; {
		for range looks {
			if g.opened(count) {
				return
			}
		}
	}
	// The count decides, not the token: one may come late, from an opener that
	// was held up since before the last wait.
	for !g.opened(count) {
		g.asleep.Swap(true) // an emulator may let a load pass a Store
		if g.opened(count) && g.asleep.CompareAndSwap(true, false) {
			return
		}
		<-g.wake
	}
}
