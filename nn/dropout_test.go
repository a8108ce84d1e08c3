package nn

import (
	"math"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// What is dropped is the rate's share of the outputs, the others are scaled so
// that the sum stays, and neither depends on the place or on other draws.
func TestDropoutRateAndScale(t *testing.T) {
	const rows, cols = 200, 101
	k := kernels.NewCore(kernels.Generic)
	x, y := kernels.NewMat(rows, cols), kernels.NewMat(rows, cols)
	for i := range x.Data {
		x.Data[i] = 3
	}
	for _, rate := range []float32{1e-6, 0.01, 0.2, 0.5, 0.9, 0.999} {
		d := newDropout(rate, 1, rows, cols, span{0, 0, cols})
		lanes := make([]float64, 4) // of a random number
		dropped := 0.0
		for batch := range 10 {
			d.draw(dropoutKey(1, batch), rows)
			d.apply(k, y, x)
			for i, v := range y.Data {
				switch v {
				case 0:
					dropped++
					lanes[i%cols%4]++
				case 3 * (1 / (1 - rate)):
				default:
					t.Fatalf("rate %v: 3 becomes %v", rate, v)
				}
			}
		}
		requireShare(t, "dropped", dropped, 10*rows*cols, float64(rate))
		for lane, n := range lanes {
			requireShare(t, "dropped of a lane", n, float64(10*rows*((cols+3-lane)/4)), float64(rate))
		}
	}
	if newDropout(0, 1, rows, cols) != nil {
		t.Error("rate 0 drops something")
	}
}

// requireShare fails if a count of n random events is 5 standard deviations off.
func requireShare(t *testing.T, what string, count, n, share float64) {
	t.Helper()
	if deviation := math.Sqrt(n * share * (1 - share)); math.Abs(count-n*share) > 5*deviation+1 {
		t.Errorf("%s: %v of %v, want a share of %v", what, count, n, share)
	}
}

// Masks of two rows, shards, layers, batches or seeds are unrelated: at rate ½
// they agree in half of the places.
func TestDropoutMasksAreUnrelated(t *testing.T) {
	const rows, cols = 64, 64
	draw := func(seed uint64, batch, layer, shard int) []float32 {
		d := newDropout(0.5, layer, rows, cols, span{shard, 0, cols})
		d.draw(dropoutKey(seed, batch), rows)
		return d.mask.data
	}
	mask := draw(1, 5, 2, 1)
	for what, other := range map[string][]float32{
		"seed": draw(2, 5, 2, 1), "batch": draw(1, 6, 2, 1), "layer": draw(1, 5, 3, 1), "shard": draw(1, 5, 2, 2),
		"row":    slices.Concat(mask[cols:], mask[:cols]),
		"column": slices.Concat(mask[1:], mask[:1]),
		"lane":   slices.Concat(mask[4:], mask[:4]),
	} {
		same := 0.0
		for i := range mask {
			if mask[i] == other[i] {
				same++
			}
		}
		requireShare(t, "the same with another "+what, same, rows*cols, 0.5)
	}
	if !slices.Equal(mask, draw(1, 5, 2, 1)) {
		t.Error("a mask drawn again is another")
	}
}
