package nn

import (
	"math"
	"slices"
	"testing"
)

func TestInitializersKeepTheirLimits(t *testing.T) {
	const inputs, outputs = 300, 200
	for _, test := range []struct {
		initializer Initializer
		limit       float64
	}{
		{GlorotUniform, math.Sqrt(6.0 / (inputs + outputs))},
		{HeUniform, math.Sqrt(6.0 / inputs)},
		{Zeros, 0},
	} {
		kernel := make([]float32, inputs*outputs)
		kernel[0] = 77 // is overwritten
		test.initializer.fill(kernel, inputs, outputs, newRandom(1, weightStream))
		low, high := float64(slices.Min(kernel)), float64(slices.Max(kernel))
		if limit := float64(float32(test.limit)); low < -limit || high > limit {
			t.Errorf("%v: from %v to %v, want ±%v", test.initializer, low, high, limit)
		}
		if low > -0.999*test.limit || high < 0.999*test.limit {
			t.Errorf("%v: only from %v to %v, want ±%v", test.initializer, low, high, test.limit)
		}
		sum, squares := 0.0, 0.0
		for _, w := range kernel {
			sum += float64(w)
			squares += float64(w) * float64(w)
		}
		// Of n uniform numbers, 4 standard deviations: of the mean, limit/√(3n);
		// of the mean square, limit²·√(4/45n).
		n := float64(len(kernel))
		if mean := sum / n; math.Abs(mean) > 4*test.limit/math.Sqrt(3*n) {
			t.Errorf("%v: mean %v", test.initializer, mean)
		}
		if got, want := squares/n, test.limit*test.limit/3; math.Abs(got-want) > 4*test.limit*test.limit*math.Sqrt(4/(45*n)) {
			t.Errorf("%v: mean square %v, want %v", test.initializer, got, want)
		}
	}
}

// The numbers of a seed are for ever.
func TestFirstWeightsOfSeed1(t *testing.T) {
	got := make([]float32, 4)
	for stream, want := range map[uint64][]float32{
		weightStream:     {0.0149269095, -0.0624184, 0.032714993, -0.072358735},
		weightStream + 1: {0.07553564, -0.060385328, 0.05524786, 0.062739156}, // of the second layer
	} {
		GlorotUniform.fill(got, 784, 256, newRandom(1, stream))
		if !slices.Equal(got, want) {
			t.Errorf("stream %d: got %v, want %v", stream, got, want)
		}
	}
}

func TestFirstShuffleOfSeed1(t *testing.T) {
	xs := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	newRandom(1, shuffleStream+1).shuffle(xs)
	if want := []int{1, 8, 4, 5, 0, 9, 3, 6, 7, 2}; !slices.Equal(xs, want) {
		t.Errorf("got %v, want %v", xs, want)
	}
}

func TestSeedsAndStreamsDiffer(t *testing.T) {
	seen := map[float32][2]uint64{}
	for seed := range uint64(20) {
		for stream := range uint64(20) {
			x := newRandom(seed, stream).uniform(1)
			if other, ok := seen[x]; ok {
				t.Errorf("seed and stream %v begin as %v", [2]uint64{seed, stream}, other)
			}
			seen[x] = [2]uint64{seed, stream}
		}
	}
}

func TestUniformIsFromMinusLimitUpToLimit(t *testing.T) {
	r := newRandom(1, 2)
	for range 100000 {
		if x := r.uniform(0.25); !(x >= -0.25 && x <= 0.25) { // float32 may round up to the limit
			t.Fatalf("got %v", x)
		}
	}
}

// chiSquare is Σ (observed-expected)²/expected. Of k equally likely outcomes it
// is k-1 on average, with a standard deviation of √(2(k-1)).
func chiSquare(counts []int) float64 {
	total := 0
	for _, n := range counts {
		total += n
	}
	expected, sum := float64(total)/float64(len(counts)), 0.0
	for _, n := range counts {
		sum += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return sum
}

func requireUniform(t *testing.T, what string, counts []int) {
	t.Helper()
	freedom := float64(len(counts) - 1)
	if x := chiSquare(counts); x > freedom+4*math.Sqrt(2*freedom) {
		t.Errorf("%s: not uniform: χ² is %.1f for %v", what, x, counts)
	}
}

func TestBelowIsUniformBelow(t *testing.T) {
	r := newRandom(1, 3)
	for _, n := range []int{1, 2, 3, 7, 10} {
		counts := make([]int, n)
		for range 10000 {
			counts[r.below(n)]++ // panics out of range
		}
		if n > 1 {
			requireUniform(t, "below", counts)
		}
	}
	for range 1000 {
		if x := r.below(math.MaxInt); x < 0 {
			t.Fatalf("got %d", x)
		}
	}
}

// All 24 orders of 4 things come up alike.
func TestShuffleIsUniform(t *testing.T) {
	place := map[[4]int]int{}
	counts := make([]int, 24)
	r := newRandom(1, 4)
	for range 24000 {
		xs := [4]int{0, 1, 2, 3}
		r.shuffle(xs[:])
		if _, ok := place[xs]; !ok {
			place[xs] = len(place)
		}
		counts[place[xs]]++ // panics beyond 24
	}
	requireUniform(t, "shuffle", counts)
}

func TestShufflePermutes(t *testing.T) {
	for n := range 50 {
		xs := make([]int, n)
		for i := range xs {
			xs[i] = i
		}
		want := slices.Clone(xs)
		newRandom(uint64(n), 5).shuffle(xs)
		if slices.Sort(xs); !slices.Equal(xs, want) {
			t.Errorf("%d things became %v", n, xs)
		}
	}
}
