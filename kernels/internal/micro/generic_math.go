package micro

import "math"

func abs(x float32) float32 {
	return math.Float32frombits(math.Float32bits(x) &^ (1 << 31))
}

// copySign gives x ≥ 0 the sign of y.
func copySign(x, y float32) float32 {
	return math.Float32frombits(math.Float32bits(x) | math.Float32bits(y)&(1<<31))
}

// Constants of exp, by their bits. ln 2 is cut in two so that n·ln2High is
// exact for |n| < 2⁹.
var (
	log2E     = math.Float32frombits(0x3FB8AA3B)
	ln2High   = math.Float32frombits(0x3F317200)
	ln2Low    = math.Float32frombits(0x35BFBE8E)
	roundBias = math.Float32frombits(0x4B400000) // 1.5·2²³
	expMax    = math.Float32frombits(0x42B17217) // the largest x with a finite eˣ
	expMin    = math.Float32frombits(0xC2AEAC4F) // below it eˣ < 2⁻¹²⁶ becomes 0
)

// expPoly is a Chebyshev fit of (eʳ-1-r)/r² on |r| ≤ ln2/2, highest power first.
var expPoly = fromBits(0x3AB68938, 0x3C09066A, 0x3D2AAA8C, 0x3E2AAA6E, 0x3F000000)

// tanhPoly is a Chebyshev fit of (tanh(x)/x-1)/x² in x² for |x| ≤ 0.55.
var tanhPoly = fromBits(0xBBD89A9C, 0x3CAE9107, 0xBD5CD022, 0x3E0887F5, 0xBEAAAAAA)

func fromBits(bits ...uint32) []float32 {
	xs := make([]float32, len(bits))
	for i, b := range bits {
		xs[i] = math.Float32frombits(b)
	}
	return xs
}

func horner(coeffs []float32, x float32) float32 {
	y := coeffs[0]
	for _, c := range coeffs[1:] {
		y = fma(y, x, c)
	}
	return y
}

// exp is eˣ: with n = round(x·log₂e) and r = x - n·ln2, eˣ = 2ⁿ·eʳ. 2ⁿ is
// applied in two halves, because n = 128 has no float32 of its own.
func exp(x float32) float32 {
	switch {
	case x > expMax:
		return float32(math.Inf(1))
	case x < expMin:
		return 0
	}
	n := fma(x, log2E, roundBias) - roundBias
	r := fma(-n, ln2High, x)
	r = fma(-n, ln2Low, r)
	y := horner(expPoly, r)
	y = fma(y, r, 1)
	y = fma(y, r, 1)

	h1 := fma(n, 0.5, roundBias)
	h2 := float32(n-float32(h1-roundBias)) + roundBias
	y = y * powerOfTwo(h1)
	return y * powerOfTwo(h2)
}

// powerOfTwo is 2ⁿ for the integer n in the low bits of roundBias + n.
func powerOfTwo(biased float32) float32 {
	return math.Float32frombits(math.Float32bits(biased)<<23 + math.Float32bits(1))
}

func sigmoid(x float32) float32 { return 1 / float32(exp(0-x)+1) }

// tanh is x + x³·P(x²) for |x| < 0.55, else ±(1 - 2/(e²ˡˣˡ+1)).
func tanh(x float32) float32 {
	a := abs(x)
	var y float32
	if a < 0.55 {
		sq := float32(a * a)
		y = fma(float32(horner(tanhPoly, sq)*sq), a, a)
	} else {
		y = 1 - 2/float32(exp(a+a)+1)
	}
	return copySign(y, x)
}

// expGeneric: y[i] = eˣ with x = x[i]; 0 where eˣ < 2⁻¹²⁶.
func expGeneric(n int, y, x *float32) { mapGeneric(n, y, x, exp) }

// sigmoidGeneric: y[i] = 1/(1+e⁻ˣ) with x = x[i].
func sigmoidGeneric(n int, y, x *float32) { mapGeneric(n, y, x, sigmoid) }

// tanhGeneric: y[i] = tanh(x[i]).
func tanhGeneric(n int, y, x *float32) { mapGeneric(n, y, x, tanh) }

func mapGeneric(n int, y, x *float32, f func(float32) float32) {
	ys, xs := vec(y, n), vec(x, n)
	for i := range ys {
		ys[i] = f(xs[i])
	}
}
