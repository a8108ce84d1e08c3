package micro

import "math"

// Log is the natural logarithm, from ln x = e·ln2 + 2·artanh(s) with
// x = m·2ᵉ, √½ ≤ m < √2 and s = (m-1)/(m+1). The series ends where its terms
// are below 10⁻¹²; products are rounded before they are added, so that no
// compiler fuses them.
func Log(x float32) float32 {
	switch {
	case x != x || x < 0:
		return float32(math.NaN())
	case x == 0:
		return float32(math.Inf(-1))
	case math.IsInf(float64(x), 1):
		return x
	}
	m, e := math.Frexp(float64(x))
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := (m - 1) / (m + 1)
	sq := float64(s * s)
	sum := 0.0
	for _, c := range [...]float64{1. / 15, 1. / 13, 1. / 11, 1. / 9, 1. / 7, 1. / 5, 1. / 3, 1} {
		sum = c + float64(sum*sq)
	}
	return float32(float64(float64(e)*math.Ln2) + float64(2*s*sum))
}
