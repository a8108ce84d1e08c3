package formula

import "math"

// Constants of exp. ln 2 is cut in two so that n·ln2High is exact for |n| < 2⁹.
const (
	log2E     = 0x3FB8AA3B // log₂ e
	ln2High   = 0x3F317200
	ln2Low    = 0x35BFBE8E
	roundBias = 0x4B400000 // 1.5·2²³: adding it rounds to an integer, kept in the low bits
	expMax    = 0x42B17217 // the largest float32 whose exp is finite
	expMin    = 0xC2AEAC4F // exp below it is under 2⁻¹²⁶ and becomes 0
	infinity  = 0x7F800000
	signBit   = 0x80000000
	magnitude = 0x7FFFFFFF
	tiny      = 0x0D800000 // 2⁻¹⁰⁰: moments below it are flushed to 0
)

// expPoly is a Chebyshev fit of (eʳ-1-r)/r² on |r| ≤ ln2/2, highest power
// first; its relative error in eʳ is 9·10⁻⁹.
var expPoly = []uint32{0x3AB68938, 0x3C09066A, 0x3D2AAA8C, 0x3E2AAA6E, 0x3F000000}

// tanhPoly is a Chebyshev fit of (tanh(x)/x-1)/x² in x² for |x| ≤ 0.55, highest
// power first; its relative error in tanh is 6·10⁻⁹.
var tanhPoly = []uint32{0xBBD89A9C, 0x3CAE9107, 0xBD5CD022, 0x3E0887F5, 0xBEAAAAAA}

const tanhSwitch = 0.55

// Num is a constant given by its value.
func (p *Program) Num(x float32) *Value { return p.Bits(math.Float32bits(x)) }

func (p *Program) horner(coeffs []uint32, x *Value) *Value {
	y := p.Bits(coeffs[0])
	for _, c := range coeffs[1:] {
		y = p.FMA(y, x, p.Bits(c))
	}
	return y
}

func (p *Program) abs(x *Value) *Value { return p.AndBits(x, p.Bits(magnitude)) }

// flush turns a magnitude below 2⁻¹⁰⁰ into +0, so that no moment decays into
// the subnormal numbers.
func (p *Program) flush(x *Value) *Value {
	return p.Drop(p.Less(p.abs(x), p.Bits(tiny)), x)
}

// exp is eˣ: with n = round(x·log₂e) and r = x - n·ln2, eˣ = 2ⁿ·eʳ. 2ⁿ is
// applied in two halves, because n = 128 has no float32 of its own.
func (p *Program) exp(x *Value) *Value {
	bias, one := p.Bits(roundBias), p.Num(1)
	n := p.Sub(p.FMA(x, p.Bits(log2E), bias), bias)
	r := p.FNMA(n, p.Bits(ln2High), x)
	r = p.FNMA(n, p.Bits(ln2Low), r)
	y := p.horner(expPoly, r)
	y = p.FMA(y, r, one)
	y = p.FMA(y, r, one)

	h1 := p.FMA(n, p.Num(0.5), bias)
	h2 := p.Add(p.Sub(n, p.Sub(h1, bias)), bias)
	y = p.Mul(y, p.AddBits(p.ShiftLeft(h1, 23), one))
	y = p.Mul(y, p.AddBits(p.ShiftLeft(h2, 23), one))

	y = p.Select(p.Less(p.Bits(expMax), x), p.Bits(infinity), y)
	return p.Drop(p.Less(x, p.Bits(expMin)), y)
}

// sigmoid is 1/(1+e⁻ˣ).
func (p *Program) sigmoid(x *Value) *Value {
	one := p.Num(1)
	return p.Div(one, p.Add(p.exp(p.Sub(p.Num(0), x)), one))
}

// tanh is x + x³·P(x²) for |x| < 0.55, else ±(1 - 2/(e²ˡˣˡ+1)).
func (p *Program) tanh(x *Value) *Value {
	one, a := p.Num(1), p.abs(x)
	far := p.Sub(one, p.Div(p.Num(2), p.Add(p.exp(p.Add(a, a)), one)))
	sq := p.Mul(a, a)
	near := p.FMA(p.Mul(p.horner(tanhPoly, sq), sq), a, a)
	y := p.Select(p.Less(a, p.Num(tanhSwitch)), near, far)
	return p.OrBits(y, p.AndBits(x, p.Bits(signBit)))
}
