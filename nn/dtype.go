package nn

import (
	"encoding/binary"
	"math"
)

// A dtype is a type of numbers in a safetensors file: their size in bytes, and
// the float32 that one stands for.
type dtype struct {
	size   int
	decode func([]byte) float32
}

const (
	float32Type = "F32"
	maxSize     = 8 // of a dtype
)

// dtypes are the types that can be read. Numbers of 64 bits are rounded.
var dtypes = map[string]dtype{
	"F64":       {8, decodeF64},
	float32Type: {4, decodeF32},
	"F16":       {2, decodeF16},
	"BF16":      {2, decodeBF16},
}

func decodeF64(b []byte) float32 {
	return float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
}

func decodeF32(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) }

// decodeBF16: the upper half of a float32.
func decodeBF16(b []byte) float32 {
	return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16)
}

// decodeF16: 1 bit of sign, 5 of exponent, 10 of fraction (IEEE 754). Shifted to
// the place of a float32's, the exponent lacks 127-15, which the product adds;
// that is exact for subnormal numbers too.
func decodeF16(b []byte) float32 {
	h := uint32(binary.LittleEndian.Uint16(b))
	sign, rest := h&0x8000<<16, h&0x7fff<<13
	if h&0x7c00 == 0x7c00 { // infinite or NaN
		return math.Float32frombits(sign | 0x7f800000 | rest)
	}
	return math.Float32frombits(sign | math.Float32bits(math.Float32frombits(rest)*0x1p112))
}
