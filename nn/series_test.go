package nn

import (
	"math"
	"testing"
)

// Series are as exact as the functions of math, which have other bits on each
// kind of processor.
func TestSeries(t *testing.T) {
	const tolerance = 1.2e-15
	requireNear := func(what string, x, got, want, scale float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tolerance*scale) {
			t.Errorf("%s of %v: %v, want %v", what, x, got, want)
		}
	}
	for i := range 2001 {
		x := float64(i)/1000 - 1 // -1 to 1
		requireNear("exp", x, exp64(x), math.Exp(x), math.Exp(x))
		requireNear("exp", 600*x, exp64(600*x), math.Exp(600*x), math.Exp(600*x))
		near := 1 + x*x*x/2
		requireNear("log", near, log64(near), math.Log(near), math.Abs(math.Log(near)))
		wide := math.Exp(200 * x)
		requireNear("log", wide, log64(wide), math.Log(wide), math.Abs(math.Log(wide)))
		p := (x + 1) / 2
		requireNear("cos π", p, cosPi(p), math.Cos(math.Pi*p), 1)
		requireNear("0.96 to the power", 100*p, power64(0.96, 100*p), math.Pow(0.96, 100*p), 10*math.Pow(0.96, 100*p))
	}
	for x, want := range map[float64]float64{0: 1, 0.5: 0, 1: -1} {
		if got := cosPi(x); got != want {
			t.Errorf("cos π·%v: %v, want %v", x, got, want)
		}
	}
	if got := power64(0.5, 100); got != 0x1p-100 {
		t.Errorf("½ to the power of 100: %v", got)
	}
	if exp64(0) != 1 || log64(1) != 0 {
		t.Errorf("e⁰ %v, ln 1 %v", exp64(0), log64(1))
	}
}
