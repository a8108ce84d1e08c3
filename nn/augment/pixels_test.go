package augment

import (
	"math"
	"slices"
	"testing"
)

func TestNoise(t *testing.T) {
	const n = 99999
	for _, deviation := range []float64{0.01, 0.1, 0.2} {
		pixels := slices.Repeat([]uint8{128}, n)
		var r random
		r.start(1, 1, 0)
		addNoise(pixels, deviation, &r)
		var mean, square, fourth float64
		for _, p := range pixels {
			d := float64(p) - 128
			mean += d / n
			square += d * d / n
			fourth += d * d * d * d / n
		}
		want := 255 * deviation
		if math.Abs(mean) > 0.02*want+0.01 || math.Abs(math.Sqrt(square)/want-1) > 0.02 {
			t.Errorf("deviation %v: mean %v, standard deviation %v, want 0 and %v", deviation, mean, math.Sqrt(square), want)
		}
		// Of a normal law 3, of four even numbers 2.7; beyond that, pixels end.
		if kurtosis := fourth / (square * square); kurtosis < 2.6 || kurtosis > 3 {
			t.Errorf("deviation %v: kurtosis %v", deviation, kurtosis)
		}
	}
}

func TestNoiseStaysInRange(t *testing.T) {
	pixels := slices.Repeat([]uint8{0, 255, 128}, 1000)
	var r random
	addNoise(pixels, 1, &r)
	for _, extreme := range []uint8{0, 255} {
		// Half of those that were, 31 % of the grey ones, 16 % of the others.
		if n := count(pixels, extreme); n < 900 || n > 1040 {
			t.Errorf("%d of 3000 pixels are %d", n, extreme)
		}
	}
}

func count(pixels []uint8, value uint8) (n int) {
	for _, p := range pixels {
		if p == value {
			n++
		}
	}
	return n
}

func TestErase(t *testing.T) {
	const width, height, n = 40, 30, 4000
	erased := 0
	var area float64
	for i := range n {
		pixels := slices.Repeat([]uint8{9}, width*height)
		var r random
		r.start(1, 1, i)
		erase(pixels, width, 0.25, &r)
		black := count(pixels, 0)
		if black == 0 {
			continue
		}
		erased++
		share := float64(black) / (width * height)
		area += share
		if share < leastArea*0.9 || share > mostArea*1.1 {
			t.Errorf("sample %d: %v of the area is black", i, share)
		}
		requireRectangle(t, pixels, width, black)
	}
	// Binomial: standard deviation 27.
	if math.Abs(float64(erased)-n/4) > 120 {
		t.Errorf("%d of %d images were erased, want a quarter", erased, n)
	}
	// A little less than the mean of 0.02 and 0.4: what is too wide or high is cut.
	if mean := area / float64(erased); mean < 0.17 || mean > 0.215 {
		t.Errorf("%v of the area is black on average", mean)
	}
}

// requireRectangle fails unless the black pixels are one.
func requireRectangle(t *testing.T, pixels []uint8, width, black int) {
	t.Helper()
	left, right, top, bottom := width, 0, len(pixels), 0
	for i, p := range pixels {
		if p == 0 {
			left, right = min(left, i%width), max(right, i%width)
			top, bottom = min(top, i/width), max(bottom, i/width)
		}
	}
	if (right-left+1)*(bottom-top+1) != black {
		t.Errorf("%d black pixels within columns %d to %d and rows %d to %d", black, left, right, top, bottom)
	}
}
