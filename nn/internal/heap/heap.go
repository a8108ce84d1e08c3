// Package heap measures, for tests, how much memory a function takes.
package heap

import (
	"runtime"
	"testing"
)

// Allocated returns how many bytes f allocates, garbage included.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// RequireTwice fails the test if reading a file takes more than twice its size
// and some more, garbage included.
func RequireTwice(tb testing.TB, size, more int, read func()) {
	tb.Helper()
	used := Allocated(read)
	if limit := uint64(2*size + more); used > limit {
		tb.Errorf("a file of %d bytes took %d, want at most %d", size, used, limit)
	}
}

// More is what a file may take besides, however small it is.
const More = 64 << 20
