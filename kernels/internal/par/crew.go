package par

import (
	"runtime"
	"sync/atomic"
	"time"
)

// A Crew is a caller and its helpers: goroutines that take one part of its work after
// the other, if they come in time. Unlike a Team, it does not wait for one that has not
// begun a part. Helpers look out for more, for spinTime, and then end: a Crew needs no
// end. The zero value is ready for use, by one goroutine at once.
type Crew struct {
	do       func(part int)
	parts    int
	left     atomic.Int64        // parts that nobody has taken; below 0 counts as none
	undone   atomic.Int64        // parts that are not done
	finished *gate               // where the caller waits for the last one
	helpers  atomic.Int32        // alive
	help     func()              // the life of one; a new one would be allocated
	failure  atomic.Pointer[any] // the first panic of a part
	pulse    pulse               // of calls of Ready that found no helper
}

// lingering are the helpers of all crews that look out for work.
var lingering atomic.Int32

// Share calls do for each part from 0 to parts-1 and returns when all calls have. The
// caller makes them, and up to that many helpers. A panic of one is a panic of Share. A
// part must not call Share of the same Crew.
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
	c.failure.Store(nil)
	seen := c.finished.count.Load()
	c.undone.Store(int64(parts))
	c.left.Store(int64(parts)) // from here on, a helper may take one
	for range helpers - int(c.helpers.Load()) {
		c.helpers.Add(1)
		go c.help()
	}
	c.lead(seen, canSpin(1+helpers))
	c.do = nil // what it refers to is not ours to keep
	if f := c.failure.Swap(nil); f != nil {
		panic(*f)
	}
}

// lead is the caller's share: parts, and to wait for the others, also if a part ends the
// caller (runtime.Goexit).
func (c *Crew) lead(seen uint32, spin bool) {
	defer func() {
		c.work()
		c.finished.wait(seen+1, spin)
	}()
	c.work()
}

// Ready reports whether work of a few microseconds is worth sharing: a helper is there, or
// would find more to do, because there was other work just before.
func (c *Crew) Ready() bool { return c.helpers.Load() > 0 || c.pulse.beats() }

// helper does parts until there have been none for a while. As it looks out, it lets
// other goroutines run, but Go does not look for them as far as for an idle processor:
// so few may linger at once.
func (c *Crew) helper() {
	defer c.helpers.Add(-1)
	c.work()
	defer lingering.Add(-1)
	if int(lingering.Add(1)) > max(1, runtime.GOMAXPROCS(0)-2) {
		return
	}
	for last := time.Now(); time.Since(last) < spinTime; runtime.Gosched() {
		if c.work() {
			last = time.Now()
		}
	}
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
	returned := false
	defer func() {
		if v := failure(recover(), returned); v != nil {
			first := v // not v, or it would be allocated in any case
			c.failure.CompareAndSwap(nil, &first)
		}
		if c.undone.Add(-1) == 0 {
			c.finished.open()
		}
	}()
	if c.failure.Load() == nil {
		c.do(i)
	}
	returned = true
}
