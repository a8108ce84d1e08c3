//go:build unix

package bench

import (
	"syscall"
	"time"
)

// quiet waits until the threads that the last contestant left behind no longer
// use the processor: those of OpenMP and OpenBLAS spin for a while. The kernel
// counts what they use in ticks, of 4 ms as a rule.
func quiet() {
	const look, limit = 5 * time.Millisecond, 500 * time.Millisecond
	for start := time.Now(); time.Since(start) < limit; {
		before := used()
		time.Sleep(look)
		if used()-before < look/10 {
			return
		}
	}
}

// used is the processor time that this process has used.
func used() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
