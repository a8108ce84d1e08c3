package par

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A Crew is a caller and its helpers: goroutines that take one part of its work after
// the other, if they come in time. Unlike a Team, it does not wait for one that has
// no processor. Helpers look out for more, for spinTime, and then end: a Crew needs no
// end. The zero value is ready for use, by one goroutine at once.
type Crew struct {
	do       func(part int)
	parts    int
	left     atomic.Int64        // parts that nobody has taken; below 0 counts as none
	undone   atomic.Int64        // parts that are not done
	finished *gate               // where the caller waits for the last one
	helpers  atomic.Int32        // alive
	help     func()              // the life of one; a new one would be allocated
	home     atomic.Int32        // the caller's processor, when it last started helpers
	failure  atomic.Pointer[any] // the first panic of a part
	pulse    pulse               // of calls of Ready that found no helper
}

// Share calls do for each part from 0 to parts-1 and returns when all calls have. The
// caller makes them, and up to that many helpers. A panic of one is a panic of Share.
func (c *Crew) Share(parts, helpers int, do func(part int)) {
	if helpers < 1 || parts < 2 {
		for part := range parts {
			do(part)
		}
		return
	}
	if c.help == nil {
		c.help, c.finished = c.helper, newGate()
	}
	c.do, c.parts = do, parts
	seen := c.finished.count.Load()
	c.undone.Store(int64(parts))
	c.left.Store(int64(parts)) // from here on, a helper may take one
	spins := canSpin(1 + helpers)
	c.start(helpers-int(c.helpers.Load()), spins)
	c.work()
	c.finished.wait(seen, spins)
	c.do = nil // what it refers to is not ours to keep
	if f := c.failure.Swap(nil); f != nil {
		panic(*f)
	}
}

// start starts that many helpers. Where there is a processor for everyone, they leave
// the caller's.
func (c *Crew) start(n int, apart bool) {
	if n < 1 {
		return
	}
	home := unknown
	if apart {
		home = processor()
	}
	c.home.Store(int32(home))
	for range n {
		c.helpers.Add(1)
		go c.help()
	}
}

// Ready reports whether work of a few microseconds is worth sharing: a helper is there, or
// would find more to do, because there was other work just before.
func (c *Crew) Ready() bool { return c.helpers.Load() > 0 || c.pulse.beats() }

// helper yields all the while that it looks out for work: only a processor that is
// idle anyway is kept awake.
func (c *Crew) helper() {
	leave(int(c.home.Load()))
	for last := time.Now(); time.Since(last) < spinTime; runtime.Gosched() {
		if c.work() {
			last = time.Now()
		}
	}
	c.helpers.Add(-1)
}

// work does parts until none is left, and reports whether there were any.
func (c *Crew) work() (did bool) {
	for c.left.Load() > 0 {
		left := int(c.left.Add(-1))
		if left < 0 {
			break
		}
		c.part(c.parts - 1 - left)
		did = true
	}
	return did
}

// part does one part, unless another has failed.
func (c *Crew) part(i int) {
	defer func() {
		if v := recover(); v != nil {
			failure := v // not v, or it would be allocated in any case
			c.failure.CompareAndSwap(nil, &failure)
		}
		if c.undone.Add(-1) == 0 {
			c.finished.open()
		}
	}()
	if c.failure.Load() == nil {
		c.do(i)
	}
}
