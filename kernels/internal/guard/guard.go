// Package guard makes slices for tests that lie against protected pages, so
// that an access outside of an operand stops the test.
package guard

import (
	"testing"
	"unsafe"
)

// A Side tells which end of a slice touches a protected page.
type Side int

const (
	Before Side = iota // the slice begins where a page that cannot be read ends
	After              // the slice ends where a page that cannot be read begins
)

// Floats returns n zeros against a protected page. The memory lives until the
// test ends.
func Floats(tb testing.TB, n int, side Side) []float32 {
	return cast[float32](allocate(tb, 4*n, side), n)
}

// Bytes returns n zero bytes against a protected page.
func Bytes(tb testing.TB, n int, side Side) []uint8 {
	return cast[uint8](allocate(tb, n, side), n)
}

func cast[T any](p unsafe.Pointer, n int) []T { return unsafe.Slice((*T)(p), n) }
