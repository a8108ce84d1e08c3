package micro

import "math"

// fma is x·y + z rounded once to float32, as the FMA instruction of every
// other tier has it.
//
// The float64 product of two float32 is exact. The float64 sum is not, and to
// round it again to float32 goes wrong just where the first rounding landed on
// a tie of the second: where the 29 bits that float32 drops are 1 0…0, or, for
// a subnormal result, which drops more, anywhere.
func fma(x, y, z float32) float32 {
	p := float64(x) * float64(y)
	s := p + float64(z)
	if roundsTwice(s) {
		return addOnce(p, float64(z))
	}
	return float32(s)
}

// FMA is x·y + z rounded once.
func FMA(x, y, z float32) float32 { return fma(x, y, z) }

// roundsTwice reports whether float32(s) may differ from the exact sum rounded once.
func roundsTwice(s float64) bool {
	const smallestNormal = (1023 - 126) << 52 // the bits of 2⁻¹²⁶
	b := math.Float64bits(s)
	return b<<35 == 1<<63 || b<<1-1 < 2*smallestNormal-1 // 0 is exact: it wraps
}

// addOnce is p + c rounded once to float32. It rounds the sum to odd first:
// where the sum is not exact, to that neighbouring float64 whose last bit is 1.
// Rounding that to fewer bits gives what rounding the exact sum would
// (S. Boldo, G. Melquiond: Emulation of FMA and correctly rounded sums, 2008).
//
//go:noinline
func addOnce(p, c float64) float32 {
	s := p + c
	// The error of s, exact (D. Knuth's two-sum).
	cc := s - p
	e := (p - (s - cc)) + (c - cc)
	bits := math.Float64bits(s)
	switch {
	case e == 0 || e != e || bits&1 == 1:
	case (e > 0) == (s > 0):
		bits++
	default:
		bits--
	}
	return float32(math.Float64frombits(bits))
}
