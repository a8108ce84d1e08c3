package micro

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
)

// A tileCase is one call of a column of register tiles.
type tileCase struct {
	tiles, rows, k      int
	rsa, csa, gapA      int
	padB, padInit, padC int  // elements between a row's end and the next row
	sameInit, oneRow    bool // init is c; init is a single row
	lo                  float32
	side                guard.Side
	seed                uint64
}

func randomTile(rnd *rand.Rand, rows, k int) tileCase {
	c := tileCase{
		tiles: 1 + rnd.IntN(3), rows: rows, k: k, rsa: 1 + rnd.IntN(9), gapA: rnd.IntN(40), csa: 1 + rnd.IntN(9),
		padB: rnd.IntN(5), padInit: rnd.IntN(5), padC: rnd.IntN(5),
		lo: []float32{0, float32(math.NaN()), 0.5}[rnd.IntN(3)], side: guard.Side(rnd.IntN(2)), seed: rnd.Uint64(),
	}
	switch rnd.IntN(4) {
	case 0:
		c.sameInit = true
	case 1:
		c.oneRow = true
	case 2: // rows and columns as they lie in a row-major matrix
		c.rsa, c.csa = k+rnd.IntN(3), 1
	}
	return c
}

// check runs the tile on guarded operands and compares with the generic one.
func (c tileCase) check(t *testing.T, s *Set, fill func(*rand.Rand, []float32)) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(c.seed, 0))
	operand := func(n int) []float32 {
		x := make([]float32, n)
		fill(rnd, x)
		return x
	}
	tsa, height := c.rows*c.rsa+c.gapA, c.tiles*c.rows
	a := operand((c.tiles-1)*tsa + (c.rows-1)*c.rsa + max(0, c.k-1)*c.csa + 1)
	if c.k == 0 {
		a = nil
	}
	b := operand(max(0, c.k*(s.NR+c.padB)-c.padB))
	out := operand(height*(s.NR+c.padC) - c.padC)
	init, rsinit := operand(height*(s.NR+c.padInit)-c.padInit), s.NR+c.padInit
	if c.oneRow {
		init, rsinit = operand(s.NR), 0
	}

	run := func(f GemmFunc, a, b, init, out []float32) {
		rs := rsinit
		if c.sameInit {
			init, rs = out, s.NR+c.padC
		}
		f(c.tiles, c.k, unsafe.SliceData(a), c.rsa, c.csa, tsa, unsafe.SliceData(b), s.NR+c.padB,
			unsafe.SliceData(init), rs, unsafe.SliceData(out), s.NR+c.padC, c.lo)
	}
	got := guarded(t, out, c.side)
	ga, gb, ginit := guarded(t, a, c.side), guarded(t, b, c.side), guarded(t, init, c.side)
	run(s.Gemm[c.rows-1], ga, gb, ginit, got)
	want := slices.Clone(out)
	run(gemmGeneric(c.rows, s.NR), a, b, init, want)
	requireSame(t, fmt.Sprintf("%+v", c), got, want)
	requireSame(t, "a", ga, a)
	requireSame(t, "b", gb, b)
	requireSame(t, "init", ginit, init)
}

// Every tile of every tier gives the generic bits for all k around the
// unrolling, any strides, every way to seed, NaN and Inf included.
func TestGemmTilesMatchGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(5, 6))
		for rows := 1; rows <= s.MR; rows++ {
			for k := range 19 {
				for range 8 {
					randomTile(rnd, rows, k).check(t, s, fill)
				}
			}
		}
	})
}

func FuzzGemmTiles(f *testing.F) {
	f.Add(uint64(1), uint8(6), uint8(9))
	f.Fuzz(func(t *testing.T, seed uint64, rows, k uint8) {
		for _, s := range usable()[1:] {
			rnd := rand.New(rand.NewPCG(seed, 1))
			randomTile(rnd, 1+int(rows)%s.MR, int(k)).check(t, &s, fill)
		}
	})
}

// A tier has a tile of every height, of whole lines of the cache, and no kernel
// is missing.
func TestSetsAreComplete(t *testing.T) {
	for _, s := range Sets() {
		if len(s.Gemm) != s.MR || s.NR%16 != 0 {
			t.Errorf("%s: %d tiles of GEMM for MR = %d, NR = %d", s.Name, len(s.Gemm), s.MR, s.NR)
		}
		for i, v := 0, reflect.ValueOf(s.Kernels); i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				t.Errorf("%s has no %s", s.Name, v.Type().Field(i).Name)
			}
		}
	}
}

func BenchmarkGemmTile(b *testing.B) {
	const k = 256
	for _, s := range usable() {
		b.Run(fmt.Sprintf("tier=%s/m=%d/k=%d/n=%d", s.Name, s.MR, k, s.NR), func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(1, 2))
			a, x, c := make([]float32, k*s.MR), make([]float32, k*s.NR), make([]float32, s.MR*s.NR)
			for _, v := range [][]float32{a, x} {
				for i := range v {
					v[i] = rnd.Float32() - 0.5
				}
			}
			for b.Loop() {
				s.Gemm[s.MR-1](1, k, &a[0], 1, s.MR, 0, &x[0], s.NR, &c[0], 0, &c[0], s.NR, 0)
			}
			flops := 2 * float64(k*s.MR*s.NR)
			b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
