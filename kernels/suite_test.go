package kernels_test

import (
	"math"
	"math/rand/v2"
)

// anyNumber is a random number, now and then a special one.
func anyNumber(rnd *rand.Rand) float32 {
	special := []float32{0, float32(math.Copysign(0, -1)), float32(math.Inf(1)), float32(math.NaN()), 1e-40, 3e38, -3e38}
	if n := rnd.IntN(2000); n < len(special) {
		return special[n]
	}
	return float32(rnd.NormFloat64() * math.Exp(2*rnd.NormFloat64()))
}
