// Package heap measures, for tests, how much memory a function takes.
package heap

import "runtime"

// Allocated returns how many bytes f allocates, garbage included.
func Allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
