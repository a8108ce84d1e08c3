package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/par"

// A Crew shares out work with helpers: goroutines that take one part of it after the
// other, if they come in time. The caller of a [Team] waits until each worker has done
// its share; that of a Crew does what nobody else has begun. So it suits calls now and
// then, and a program whose other goroutines keep the processors busy. Helpers end half a
// millisecond after the last call; nothing has to be closed. The zero value is ready for
// use, by one goroutine at once.
type Crew struct{ par par.Crew }

// Share calls do for each part from 0 to parts-1, in any order and several at the same
// time, and returns when all calls have. The caller makes them, with the help of up to
// that many goroutines. A panic of one call is a panic of Share. A call must not use the
// same Crew.
func (c *Crew) Share(parts, helpers int, do func(part int)) { c.par.Share(parts, helpers, do) }

// Ready reports whether work of less than 0.1 ms, which is about what it takes to wake a
// goroutine, is worth sharing: a helper is awake, or there was other work just before.
func (c *Crew) Ready() bool { return c.par.Ready() }
