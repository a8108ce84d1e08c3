//go:build linux || darwin

package guard

import (
	"os"
	"syscall"
	"testing"
	"unsafe"
)

// allocate maps room for n bytes between two pages that cannot be touched.
func allocate(tb testing.TB, n int, side Side) unsafe.Pointer {
	tb.Helper()
	page := os.Getpagesize()
	room := (n + page - 1) / page * page
	m, err := syscall.Mmap(-1, 0, room+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		tb.Fatal("guard: ", err)
	}
	tb.Cleanup(func() { syscall.Munmap(m) })
	for _, p := range [][]byte{m[:page], m[page+room:]} {
		if err := syscall.Mprotect(p, syscall.PROT_NONE); err != nil {
			tb.Fatal("guard: ", err)
		}
	}
	base := unsafe.Pointer(unsafe.SliceData(m))
	if side == Before {
		return unsafe.Add(base, page)
	}
	return unsafe.Add(base, page+room-n)
}
