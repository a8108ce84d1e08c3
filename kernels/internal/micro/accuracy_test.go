package micro

import (
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// ulps is the error of got in units of the last place of want, as a float32.
func ulps(got float32, want float64) float64 {
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// functions are those of one variable, with the bounds that package kernels
// documents. Over all float32 the worst errors are 0.95, 2.48, 1.62 and 0.50
// ulp; exp and sigmoid fall by one ulp, where they should rise, at some 3000
// and 900 numbers near -0.25 and 0.25.
var functions = []struct {
	name    string
	f       func(float32) float32
	define  func(float64) float64
	from    float32 // the least argument
	ulps    float64
	flushed float64 // results below it are 0
	falls   float64 // from an argument to the next, in ulp
}{
	{"exp", exp, math.Exp, float32(math.Inf(-1)), 1, 0x1p-126, 1},
	{"sigmoid", sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, float32(math.Inf(-1)), 2.5, 0x1p-128, 1},
	{"tanh", tanh, math.Tanh, float32(math.Inf(-1)), 2, 0, 0},
	{"Log", Log, math.Log, 0, 0.501, 0, 0},
}

// ordered numbers the float32 in ascending order, with 0 at both zeros.
func ordered(x float32) int32 {
	b := int32(math.Float32bits(x))
	if b < 0 {
		return math.MinInt32 - b
	}
	return b
}

// nth is the inverse of ordered.
func nth(i int32) float32 {
	if i < 0 {
		return -math.Float32frombits(uint32(-i))
	}
	return math.Float32frombits(uint32(i))
}

// sweep calls visit for float32 in ascending order, count of them in steps.
func sweep(from, to float32, count int, visit func(x float32)) {
	begin, end := int64(ordered(from)), int64(ordered(to))
	step := max(1, (end-begin)/int64(count))
	for i := begin; i <= end; i += step {
		visit(nth(int32(i)))
	}
}

func TestFunctionsAreWithinTheirBounds(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			check := func(x float32) {
				got, want := f.f(x), f.define(float64(x))
				switch {
				case math.IsInf(want, 0) || want > math.MaxFloat32:
					if got != float32(want) {
						t.Fatalf("%s(%v) = %v, want %v", f.name, x, got, float32(want))
					}
				case math.Abs(want) < f.flushed:
					if got != 0 {
						t.Fatalf("%s(%v) = %v, want 0", f.name, x, got)
					}
				case !(ulps(got, want) <= f.ulps):
					t.Fatalf("%s(%v) = %v, want %v: %.3f ulp", f.name, x, got, want, ulps(got, want))
				}
			}
			sweep(f.from, float32(math.Inf(1)), suite.Rounds(5_000_000), check)
			// Where the results are ordinary numbers, and where they were worst.
			sweep(max(f.from, -90), 90, suite.Rounds(2_000_000), check)
			for _, x := range []float32{16.289688, -16.635704, 7.859211, 0.55275786, -5.198426} {
				x = max(x, f.from)
				sweep(x-x*0x1p-10, x+x*0x1p-10, suite.Rounds(20_000), check)
			}
		})
	}
}

// A larger argument has no smaller result, but for the rounding that the table
// allows.
func TestFunctionsRise(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			last := f.f(f.from)
			check := func(x float32) {
				y := f.f(x)
				if !(y >= last || ulps(y, float64(last)) <= f.falls) {
					t.Fatalf("%s(%v) = %v, and less before it: %v", f.name, x, y, last)
				}
				last = y
			}
			sweep(f.from, float32(math.Inf(1)), suite.Rounds(1_000_000), check)
			// Neighbours, around where a formula or an exponent changes.
			for _, x := range []float32{-87.33654, -88.722839, -0.55, -0.35, -0.25, 0, 0.25, 0.35, 0.55, 0.70710677, 1, 1.4142135, 9, 17.3, 88.722839} {
				if x < f.from {
					continue
				}
				at := ordered(x)
				last = f.f(x)
				sweep(x, nth(at+int32(suite.Rounds(20_000))), suite.Rounds(20_000), check)
			}
		})
	}
}

func TestFunctionsOfSpecialNumbers(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	negative := float32(math.Copysign(0, -1))
	const tiny = math.SmallestNonzeroFloat32
	for _, c := range []struct {
		name    string
		f       func(float32) float32
		x, want float32
	}{
		{"exp", exp, 0, 1}, {"exp", exp, negative, 1}, {"exp", exp, tiny, 1},
		{"exp", exp, inf, inf}, {"exp", exp, -inf, 0}, {"exp", exp, nan, nan},
		{"exp", exp, math.MaxFloat32, inf}, {"exp", exp, -math.MaxFloat32, 0},
		{"sigmoid", sigmoid, 0, 0.5}, {"sigmoid", sigmoid, negative, 0.5},
		{"sigmoid", sigmoid, inf, 1}, {"sigmoid", sigmoid, -inf, 0}, {"sigmoid", sigmoid, nan, nan},
		{"tanh", tanh, 0, 0}, {"tanh", tanh, negative, negative}, {"tanh", tanh, tiny, tiny}, {"tanh", tanh, -tiny, -tiny},
		{"tanh", tanh, inf, 1}, {"tanh", tanh, -inf, -1}, {"tanh", tanh, nan, nan},
		{"Log", Log, 1, 0}, {"Log", Log, 0, -inf}, {"Log", Log, negative, -inf}, {"Log", Log, inf, inf},
		{"Log", Log, -tiny, nan}, {"Log", Log, -inf, nan}, {"Log", Log, nan, nan},
	} {
		if got := c.f(c.x); !suite.SameBits(got, c.want) {
			t.Errorf("%s(%v) = %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

// exp is finite up to the largest x with eˣ < 2¹²⁸, and a normal number down to
// the smallest with eˣ ≥ 2⁻¹²⁶; beyond, it is infinite and 0.
func TestExpEndsExactly(t *testing.T) {
	above, below := nth(ordered(expMax)+1), nth(ordered(expMin)-1)
	if math.Exp(float64(expMax)) >= 0x1p128 || math.Exp(float64(above)) < 0x1p128 {
		t.Errorf("expMax = %v", expMax)
	}
	if math.Exp(float64(expMin)) < 0x1p-126 || math.Exp(float64(below)) >= 0x1p-126 {
		t.Errorf("expMin = %v", expMin)
	}
	if y := exp(above); !math.IsInf(float64(y), 1) {
		t.Errorf("exp(%v) = %v", above, y)
	}
	if y := exp(below); y != 0 {
		t.Errorf("exp(%v) = %v", below, y)
	}
	if y := sigmoid(-above); y != 0 {
		t.Errorf("sigmoid(%v) = %v", -above, y)
	}
	if y := sigmoid(-expMax); y == 0 {
		t.Errorf("sigmoid(%v) = 0", -expMax)
	}
}

func TestTanhIsOdd(t *testing.T) {
	sweep(0, 20, suite.Rounds(200_000), func(x float32) {
		if y, z := tanh(x), tanh(-x); y != -z {
			t.Fatalf("tanh(±%v) = %v, %v", x, y, z)
		}
	})
}
