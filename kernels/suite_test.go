package kernels_test

import (
	"math"
	"math/rand/v2"
	"testing"
)

// anyNumber is a random number, now and then a special one.
func anyNumber(rnd *rand.Rand) float32 {
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.NaN()), 1e-40, 3e38, -3e38}
	if n := rnd.IntN(2000); n < len(special) {
		return special[n]
	}
	return float32(rnd.NormFloat64() * math.Exp(2*rnd.NormFloat64()))
}

func requireSame(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) && (got[i] == got[i] || want[i] == want[i]) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

// testSize is the number of rounds of a random test: fewer with -short, which
// the runs under emulation use.
func testSize(t *testing.T, n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}
