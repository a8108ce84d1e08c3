// Package suite has what the tests of several packages share.
package suite

import (
	"fmt"
	"math"
	"testing"
)

// Rounds is the number of rounds of a random test: fewer with -short, which the
// runs under emulation use.
func Rounds(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// SameBits compares bit for bit; any NaN equals any other, because processors
// disagree on the sign and payload of a NaN that they make.
func SameBits(x, y float32) bool {
	return math.Float32bits(x) == math.Float32bits(y) || x != x && y != y
}

// Difference describes the first element of want that got does not have bit for
// bit, or is "".
func Difference(got, want []float32) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d elements, want %d", len(got), len(want))
	}
	for i := range want {
		if !SameBits(got[i], want[i]) {
			return fmt.Sprintf("element %d is %g (%#08x), want %g (%#08x)", i,
				got[i], math.Float32bits(got[i]), want[i], math.Float32bits(want[i]))
		}
	}
	return ""
}

// RequireSame ends the test if there is a Difference.
func RequireSame(tb testing.TB, what string, got, want []float32) {
	tb.Helper()
	if d := Difference(got, want); d != "" {
		tb.Fatalf("%s: %s", what, d)
	}
}
