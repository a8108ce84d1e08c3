package micro

import "math"

// The functions of the element-wise kernels, which the generators compile as well.

const (
	signBit   = 0x80000000
	log2E     = 0x1.715476p+0
	ln2High   = 0x1.62e4p-1 // ln 2 is cut in two so that n·ln2High is exact for |n| < 2⁹
	ln2Low    = 0x1.7f7d1cp-20
	roundBias = 0x1.8p+23      // adding it rounds to an integer, kept in the low bits
	expMax    = 0x1.62e42ep+6  // the largest x with a finite eˣ
	expMin    = -0x1.5d589ep+6 // below it eˣ < 2⁻¹²⁶ becomes 0
)

func abs(x float32) float32 { return and(x, 0x7FFFFFFF) }

// exp is eˣ: with n = round(x·log₂e) and r = x - n·ln2, eˣ = 2ⁿ·eʳ. 2ⁿ is
// applied in two halves, because n = 128 has no float32 of its own.
func exp(x float32) float32 {
	if x < expMin {
		return 0
	}
	if expMax < x {
		return math.Float32frombits(0x7F800000) // infinity
	}
	n := fma(x, log2E, roundBias) - roundBias
	r := fnma(n, ln2High, x)
	r = fnma(n, ln2Low, r)
	// A Chebyshev fit of (eʳ-1-r)/r² on |r| ≤ ln2/2: its relative error in eʳ is 9·10⁻⁹.
	y := fma(0x1.6d127p-10, r, 0x1.120cd4p-7)
	y = fma(y, r, 0x1.555518p-5)
	y = fma(y, r, 0x1.5554dcp-3)
	y = fma(y, r, 0.5)
	y = fma(y, r, 1)
	y = fma(y, r, 1)

	h1 := fma(n, 0.5, roundBias)
	h2 := float32(n-float32(h1-roundBias)) + roundBias
	y = float32(y * powerOfTwo(h1))
	return float32(y * powerOfTwo(h2))
}

// powerOfTwo is 2ⁿ for the integer n in the low bits of roundBias + n.
func powerOfTwo(biased float32) float32 { return addBits(toExponent(biased), 1) }

func sigmoid(x float32) float32 { return 1 / float32(exp(0-x)+1) }

// tanh is x + x³·P(x²) for |x| < 0.55, else ±(1 - 2/(e²ˡˣˡ+1)).
func tanh(x float32) float32 { return or(tanhFrom0(abs(x)), and(x, signBit)) }

// tanhFrom0 is tanh of x ≥ 0.
func tanhFrom0(x float32) float32 {
	if x < 0.55 {
		sq := float32(x * x)
		// A Chebyshev fit of (tanh(x)/x-1)/x²: its relative error in tanh is 6·10⁻⁹.
		y := fma(-0x1.b13538p-8, sq, 0x1.5d220ep-6)
		y = fma(y, sq, -0x1.b9a044p-5)
		y = fma(y, sq, 0x1.110feap-3)
		y = fma(y, sq, -0x1.555554p-2)
		return fma(float32(y*sq), x, x)
	}
	return 1 - 2/float32(exp(x+x)+1)
}

// flush turns a magnitude below 2⁻¹⁰⁰ into +0, so that no moment decays into the subnormal
// numbers, and no gradient begins near them.
func flush(x float32) float32 { return drop(abs(x) < 0x1p-100, x) }

// velocity is the momentum, from μ·v.
func velocity(v, g, lr float32) float32 { return flush(fnma(lr, g, v)) }

// meanSquare is the running mean of g²: v -= c·(v-g²). It never turns negative:
// v-g² rounds to at most v. A v of 0 counts as 2⁻¹⁰¹ there, lest g² alone be subnormal;
// what c ≤ 1 leaves of that is flushed.
func meanSquare(g, v, c float32) float32 { return flush(fnma(c, fnma(g, g, larger(v, 0x1p-101)), v)) }
