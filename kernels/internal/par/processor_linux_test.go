package par

import (
	"runtime"
	"syscall"
	"testing"
)

// A thread that leaves a processor is elsewhere, and may use the same ones as before.
func TestLeave(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, after processors
	if !before.call(syscall.SYS_SCHED_GETAFFINITY) || before.count() < 2 || processor() == unknown {
		t.Skip("needs two processors, and to know where it is")
	}
	left := false
	for range 100 { // the system may move it back at any time
		cpu := processor()
		leave(cpu)
		left = left || processor() != cpu
	}
	if !left {
		t.Error("still on the same processor")
	}
	if !after.call(syscall.SYS_SCHED_GETAFFINITY) || after != before {
		t.Errorf("may use processors %x, before %x", after, before)
	}
	leave(unknown)
}
