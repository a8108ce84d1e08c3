package nn

import "math"

// Functions of float64 that math computes in another way on each kind of
// processor. Here they are series in a fixed order, the same everywhere, within
// some 1e-15 of the true value. The products are converted so that no compiler
// fuses them with a sum.

// exp64 is eˣ for |x| < 700: 2ᵏ·eʳ with |r| ≤ ½·ln 2, by Taylor's series.
func exp64(x float64) float64 {
	// ln 2 in two parts; the first ends in zeros, so that k times it is exact.
	const high, low = 0x1.62e42feep-1, 0x1.a39ef35793c76p-33
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	r := x - float64(k*high) - float64(k*low)
	sum := 1.0
	for n := 14.0; n > 0; n-- {
		sum = 1 + float64(r*sum)/n
	}
	return math.Ldexp(sum, int(k))
}

// log64 is ln x for x > 0: of x = 2ᵏ·m with m near 1, k·ln 2 + 2·artanh s with
// s = (m-1)/(m+1).
func log64(x float64) float64 {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	s := (m - 1) / (m + 1)
	sum := 0.0
	for n := 25.0; n > 0; n -= 2 {
		sum = 1/n + float64(float64(s*s)*sum)
	}
	return float64(float64(k)*math.Ln2) + 2*float64(s*sum)
}

// power64 is xʸ for x > 0 and y ≥ 0. Whole powers are products.
func power64(x, y float64) float64 {
	whole := math.Floor(y)
	p := 1.0
	if y > whole {
		p = exp64(float64((y - whole) * log64(x)))
	}
	for n := whole; n > 0; n = math.Floor(n / 2) {
		if math.Mod(n, 2) == 1 {
			p = float64(p * x)
		}
		x = float64(x * x)
	}
	return p
}

// cosPi is cos πx for x from 0 to 1.
func cosPi(x float64) float64 {
	switch {
	case x > 0.5:
		return -cosPi(1 - x)
	case x > 0.25:
		return sinPi(0.5 - x)
	}
	square := float64(float64(math.Pi*x) * float64(math.Pi*x))
	sum := 1.0
	for n := 18.0; n > 0; n -= 2 {
		sum = 1 - float64(square*sum)/float64(n*(n-1))
	}
	return sum
}

// sinPi is sin πx for x from 0 to ¼.
func sinPi(x float64) float64 {
	a := float64(math.Pi * x)
	square := float64(a * a)
	sum := 1.0
	for n := 18.0; n > 0; n -= 2 {
		sum = 1 - float64(square*sum)/float64(n*(n+1))
	}
	return float64(a * sum)
}
