package par

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A Crew is a caller and its helpers: goroutines that take one part of its work after
// the other, if they come in time. Unlike a Team, it does not wait for one that has
// no processor. Helpers look out for more, for spinTime; then they end, so a Crew needs no end. The zero value is ready for use, by
// one goroutine at once.
type Crew struct {
	do       func(part int)
	parts    int
	left     atomic.Int32        // parts that nobody has taken; below 0 counts as none
	undone   atomic.Int32        // parts that are not done
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
	c.undone.Store(int32(parts))
	c.left.Store(int32(parts)) // from here on, a helper may take one
	c.start(helpers - int(c.helpers.Load()))
	c.work()
	c.finished.wait(seen, true)
	c.do = nil // what it refers to is not ours to keep
	if f := c.failure.Swap(nil); f != nil {
		panic(*f)
	}
}

// start starts that many helpers.
func (c *Crew) start(n int) {
	if n < 1 {
		return
	}
	c.home.Store(int32(processor()))
	for range n {
		c.helpers.Add(1)
		go c.help()
	}
	yield() // they may have been put on this processor
}

// Ready reports whether work of a few microseconds is worth sharing: a helper is there, or
// would find more to do, because there was other work just before.
func (c *Crew) Ready() bool { return c.helpers.Load() > 0 || c.pulse.beats() }

// helper yields all the while that it looks out for work: only a processor that is
// idle anyway is kept awake.
func (c *Crew) helper() {
	leave(int(c.home.Load()))
	for last := time.Now(); time.Since(last) < spinTime; yield() {
		if c.work() {
			last = time.Now()
		}
		runtime.Gosched()
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
