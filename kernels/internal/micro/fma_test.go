package micro

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// exactFMA is x·y + z rounded once, by exact arithmetic.
func exactFMA(x, y, z float32) float32 {
	for _, v := range []float32{x, y, z} {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return float32(float64(x)*float64(y) + float64(z)) // nothing to round
		}
	}
	const prec = 700 // from below 2⁻²⁹⁸ to above 2²⁵⁶
	p := new(big.Float).SetPrec(prec).SetFloat64(float64(x))
	p.Mul(p, big.NewFloat(float64(y)))
	p.Add(p, big.NewFloat(float64(z)))
	r, _ := p.Float32()
	return r
}

// fmas are the ways to an FMA: fma, and a tile of every tier with k = 1.
func fmas() map[string]func(x, y, z float32) float32 {
	all := map[string]func(x, y, z float32) float32{"fma": FMA}
	for _, s := range usable() {
		tile := s.Tiles[len(s.Tiles)-1]
		b, c := make([]float32, tile.NR), make([]float32, tile.NR)
		all["tile of tier "+s.Name] = func(x, y, z float32) float32 {
			b[0], c[0] = y, z
			tile.Gemm[0](1, 1, &x, 1, 1, 0, &b[0], tile.NR, 0, &c[0], tile.NR, 0, &c[0], tile.NR, 0, tile.NR, None, 0, 0)
			return c[0]
		}
	}
	return all
}

// checkFMA compares all with the exact result and its three negations.
func checkFMA(t *testing.T, all map[string]func(x, y, z float32) float32, x, y, z float32) {
	t.Helper()
	for _, v := range [][3]float32{{x, y, z}, {-x, y, z}, {x, y, -z}, {-x, y, -z}} {
		want := exactFMA(v[0], v[1], v[2])
		for name, f := range all {
			if got := f(v[0], v[1], v[2]); !suite.SameBits(got, want) {
				t.Fatalf("%s of %x, %x, %x is %x, want %x", name, v[0], v[1], v[2], got, want)
			}
		}
	}
}

func TestFMARoundsOnceForAllMagnitudes(t *testing.T) {
	rnd, all := rand.New(rand.NewPCG(1, 2)), fmas()
	for range suite.Rounds(100_000) {
		x, y := math.Float32frombits(rnd.Uint32()), math.Float32frombits(rnd.Uint32())
		z := math.Float32frombits(rnd.Uint32())
		checkFMA(t, all, x, y, z)
		// z of a magnitude near that of the product, so that both matter.
		_, e := math.Frexp(float64(x) * float64(y))
		checkFMA(t, all, x, y, float32(math.Ldexp(1+rnd.Float64(), e+rnd.IntN(60)-30)))
	}
}

// The product is half a unit in the last place of z, or so close to it that
// float64 cannot tell: what rounding twice gets wrong.
func TestFMARoundsTiesOnce(t *testing.T) {
	rnd, all := rand.New(rand.NewPCG(3, 4)), fmas()
	for range suite.Rounds(10_000) {
		z := math.Float32frombits(rnd.Uint32() &^ (0xFF << 23)) // subnormal
		if rnd.IntN(3) > 0 {
			z = math.Float32frombits(rnd.Uint32()%0x7F800000 | rnd.Uint32()<<31)
		}
		_, e := math.Frexp(float64(z))
		half := max(e-25, -150) // 2^half is half a unit in the last place
		i := float64(1+rnd.IntN(512)) * 0x1p-23
		for _, nudge := range [][2]float64{{0, 0}, {0x1p-23, -0x1p-23}, {i, -i}, {i, 0}, {-i, 0}} {
			x := float32(math.Ldexp(1+nudge[0], half/2))
			y := float32(math.Ldexp(1+nudge[1], half-half/2))
			checkFMA(t, all, x, y, z)
		}
	}
}

// The product is a tie by itself, and z too small for float64 to see.
func TestFMASeesASmallAddend(t *testing.T) {
	rnd, all := rand.New(rand.NewPCG(5, 6)), fmas()
	for range suite.Rounds(30_000) {
		x, y := 1<<11|rnd.Uint32N(1<<11)|1, 1<<13|rnd.Uint32N(1<<13)|1
		if x*y>>24 != 1 {
			continue // not 25 bits
		}
		scale := rnd.IntN(200) - 100
		z := math.Ldexp(float64(rnd.IntN(3)), scale-rnd.IntN(50))
		checkFMA(t, all, float32(math.Ldexp(float64(x), scale)), float32(y), float32(z))
	}
}

func TestFMAOfSpecialNumbers(t *testing.T) {
	all := fmas()
	for _, x := range special {
		for _, y := range special {
			for _, z := range special {
				checkFMA(t, all, x, y, z)
			}
		}
	}
}

// Rounding to a subnormal number drops more bits than usual, and overflow is
// decided by the rounded result.
func TestFMAAtTheEndsOfTheRange(t *testing.T) {
	const largest, smallest = math.MaxFloat32, math.SmallestNonzeroFloat32
	inf := float32(math.Inf(1))
	for _, c := range []struct{ x, y, z, want float32 }{
		{0x1p103, 1 - 0x1p-24, largest, largest}, // below half a unit beyond the largest
		{0x1p103, 1, largest, inf},
		{0x1p64, 0x1p64, -largest, 0x1p104},
		{0x1p64, 0x1p64, -inf, -inf},
		{0x1p-75, 0x1p-75, 0, 0}, // a tie: to even
		{0x1p-75, 0x1.000002p-75, 0, smallest},
		{0x1p-75, 0x1p-75, smallest, 2 * smallest},
		{0x1p-75, 0x1.fffffep-76, smallest, smallest},
		{0x1p-100, 0x1p-100, 0x1p-126, 0x1p-126},
		{0x1p-75, -0x1p-75, 0x1p-126, 0x1p-126}, // ties to the smallest normal number
		{-0x1p-75, 0x1.000002p-75, 0x1p-126, 0x1.fffffcp-127},
	} {
		for name, f := range fmas() {
			if got := f(c.x, c.y, c.z); !suite.SameBits(got, c.want) {
				t.Errorf("%s of %x, %x, %x is %x, want %x", name, c.x, c.y, c.z, got, c.want)
			}
		}
		if exact := exactFMA(c.x, c.y, c.z); !suite.SameBits(exact, c.want) {
			t.Errorf("exactly, %x, %x, %x is %x, want %x", c.x, c.y, c.z, exact, c.want)
		}
	}
}

func TestFMAOfZerosHasTheRightSign(t *testing.T) {
	negative := float32(math.Copysign(0, -1))
	for _, c := range []struct{ x, y, z, want float32 }{
		{0, 1, 0, 0}, {0, 1, negative, 0}, {negative, 1, negative, negative}, {negative, -1, negative, 0},
		{1, 1, -1, 0}, {-1, 1, 1, 0}, {0x1p-100, 0x1p-100, negative, 0}, {-0x1p-100, 0x1p-100, 0, negative},
	} {
		for name, f := range fmas() {
			if got := f(c.x, c.y, c.z); math.Float32bits(got) != math.Float32bits(c.want) {
				t.Errorf("%s of %v, %v, %v is %v, want %v", name, c.x, c.y, c.z, got, c.want)
			}
		}
	}
}
