package par

import (
	"math/bits"
	"runtime"
	"syscall"
	"unsafe"
)

// sysGetcpu is the number of the system call that package syscall lacks; 0 if unknown.
var sysGetcpu = map[string]uintptr{"amd64": 309, "arm64": 168}[runtime.GOARCH]

// processor returns the processor that the calling thread is on, or unknown.
func processor() int {
	if sysGetcpu == 0 {
		return unknown
	}
	var cpu uint32
	if _, _, e := syscall.RawSyscall(sysGetcpu, uintptr(unsafe.Pointer(&cpu)), 0, 0); e != 0 {
		return unknown
	}
	return int(cpu)
}

// leave moves the calling thread to another processor, if it is on that one and may use
// others: it keeps away from that one for a moment.
func leave(cpu int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if cpu == unknown || processor() != cpu {
		return
	}
	var allowed processors
	if !allowed.call(syscall.SYS_SCHED_GETAFFINITY) || cpu/64 >= len(allowed) {
		return
	}
	others := allowed
	others[cpu/64] &^= 1 << (cpu % 64)
	if others.count() > 0 && others.call(syscall.SYS_SCHED_SETAFFINITY) {
		allowed.call(syscall.SYS_SCHED_SETAFFINITY)
	}
}

// processors are a set of up to 1,024.
type processors [16]uint64

func (p *processors) count() (n int) {
	for _, word := range p {
		n += bits.OnesCount64(word)
	}
	return n
}

// call has the system get or set the processors of the calling thread.
func (p *processors) call(number uintptr) bool {
	_, _, e := syscall.RawSyscall(number, 0, unsafe.Sizeof(*p), uintptr(unsafe.Pointer(p)))
	return e == 0
}
