package nn

import (
	"math"
	"testing"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func TestArgmaxIsTheFirstOfTheLargest(t *testing.T) {
	for _, test := range []struct {
		xs   []float32
		want int
	}{
		{nil, -1},
		{[]float32{7}, 0},
		{[]float32{1, 3, 2}, 1},
		{[]float32{-3, -1, -2}, 1},
		{[]float32{2, 5, 5}, 1},
		{[]float32{nan, 1, nan, 2}, 3},
		{[]float32{2, nan, 1}, 0},
		{[]float32{nan, nan}, -1},
		{[]float32{-inf, nan}, 0},
		{[]float32{1, inf, inf}, 1},
	} {
		if got := Argmax(test.xs); got != test.want {
			t.Errorf("Argmax(%v) = %d, want %d", test.xs, got, test.want)
		}
	}
}

func TestAccuracyOfOneSample(t *testing.T) {
	for _, test := range []struct {
		y, t []float32
		want bool
	}{
		{[]float32{0.1, 0.7, 0.2}, []float32{0, 1, 0}, true},
		{[]float32{0.1, 0.7, 0.2}, []float32{1, 0, 0}, false},
		{[]float32{0.4, 0.4}, []float32{1, 0}, true}, // the first of equals
		{[]float32{0.4, 0.4}, []float32{0, 1}, false},
		{[]float32{nan, nan}, []float32{1, 0}, false}, // no answer is not right
		{[]float32{nan, nan}, []float32{nan, nan}, false},
		{[]float32{0.6}, []float32{1}, true},
		{[]float32{0.6}, []float32{0}, false},
		{[]float32{0.5}, []float32{0}, true}, // ½ is not above ½
		{[]float32{nan}, []float32{0}, true}, // nor is NaN
	} {
		if got := correct(test.y, test.t); got != test.want {
			t.Errorf("output %v, target %v: %v, want %v", test.y, test.t, got, test.want)
		}
	}
}
