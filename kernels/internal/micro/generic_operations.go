package micro

import "math"

// The functions that are one operation of every processor. With fma, the generators
// know them by name.

// fnma is z - x·y rounded once.
func fnma(x, y, z float32) float32 { return fma(-x, y, z) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// larger is x where x > y, else y.
func larger(x, y float32) float32 {
	if x > y {
		return x
	}
	return y
}

// drop is 0 where the mask is set, else x.
func drop(mask bool, x float32) float32 {
	if mask {
		return 0
	}
	return x
}

// and, or, addBits and toExponent work on the bits.
func and(x float32, mask uint32) float32 {
	return math.Float32frombits(math.Float32bits(x) & mask)
}

func or(x, y float32) float32 {
	return math.Float32frombits(math.Float32bits(x) | math.Float32bits(y))
}

func addBits(x, y float32) float32 {
	return math.Float32frombits(math.Float32bits(x) + math.Float32bits(y))
}

// toExponent moves an integer to the bits of the exponent.
func toExponent(x float32) float32 {
	return math.Float32frombits(math.Float32bits(x) << 23)
}
