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
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A tileCase is one call of a row or a column of register tiles.
type tileCase struct {
	tiles, rows, cols, k int
	inRow                bool
	rsa, csa, gapA       int
	padB, padInit, padC  int  // elements between a row's end and the next row
	sameInit, oneRow     bool // init is c; init is a single row
	noInit               bool
	lo                   float32
	side                 guard.Side
	seed                 uint64
}

func randomTile(rnd *rand.Rand, rows, cols, k int) tileCase {
	c := tileCase{
		tiles: 1 + rnd.IntN(3), rows: rows, cols: cols, k: k, inRow: rnd.IntN(2) == 0,
		rsa: 1, gapA: rnd.IntN(40), csa: 1 + rnd.IntN(9),
		padB: rnd.IntN(5), padInit: rnd.IntN(5), padC: rnd.IntN(5),
		lo: []float32{0, float32(math.NaN()), 0.5}[rnd.IntN(3)], side: guard.Side(rnd.IntN(2)), seed: rnd.Uint64(),
	}
	if rnd.IntN(2) == 0 {
		c.rsa, c.csa = c.csa, c.rsa
	}
	switch rnd.IntN(5) {
	case 0:
		c.sameInit = true
	case 1:
		c.oneRow = true
	case 2:
		c.noInit = true
	case 3: // as it lies in a row-major matrix
		c.rsa, c.csa = k+rnd.IntN(3), 1
	}
	return c
}

// A strided is an operand: its elements, and the steps between rows and tiles.
type strided struct {
	data   []float32
	rs, ts int
}

// strided returns an operand of tiles of rows × cols, in a row or a column.
func (c *tileCase) strided(rnd *rand.Rand, rows, pad int, fill func(*rand.Rand, []float32)) strided {
	s := strided{rs: c.cols + pad, ts: rows * (c.cols + pad)}
	if c.inRow {
		s = strided{rs: c.tiles*c.cols + pad, ts: c.cols}
	}
	if rows > 0 {
		s.data = make([]float32, (c.tiles-1)*s.ts+(rows-1)*s.rs+c.cols)
		fill(rnd, s.data)
	}
	return s
}

// check runs the tiles on guarded operands and compares with the generic ones.
func (c tileCase) check(t *testing.T, tile *Tile, fill func(*rand.Rand, []float32)) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(c.seed, 0))
	tsa := c.rows*c.rsa + c.gapA
	a := make([]float32, (c.tiles-1)*tsa+(c.rows-1)*c.rsa+max(0, c.k-1)*c.csa+1)
	fill(rnd, a)
	if c.k == 0 {
		a = nil
	}
	b, in, out := c.strided(rnd, c.k, c.padB, fill), c.strided(rnd, c.rows, c.padInit, fill), c.strided(rnd, c.rows, c.padC, fill)
	// What is read next lies behind b, and ends where it may be read before the last tile.
	const step, aheadEvery = 16, 4
	ahead := len(b.data)
	b.data = append(b.data, make([]float32, (c.tiles-1)*(c.k/aheadEvery)*step+1)...)
	if c.oneRow {
		in.rs = 0
		in.data = in.data[:(c.tiles-1)*in.ts+c.cols]
	}

	run := func(f GemmFunc, a, bs, init, to []float32) {
		rsinit, tsinit := in.rs, in.ts
		switch {
		case c.sameInit:
			init, rsinit, tsinit = to, out.rs, out.ts
		case c.noInit:
			init, rsinit, tsinit = nil, 0, 0
		}
		f(c.tiles, c.k, unsafe.SliceData(a), c.rsa, c.csa, tsa, unsafe.SliceData(bs), b.rs, b.ts,
			unsafe.SliceData(init), rsinit, tsinit, unsafe.SliceData(to), out.rs, out.ts, c.cols, c.lo, ahead, step)
	}
	got := guarded(t, out.data, c.side)
	ga, gb, ginit := guarded(t, a, c.side), guarded(t, b.data, c.side), guarded(t, in.data, c.side)
	run(tile.Gemm[c.rows-1], ga, gb, ginit, got)
	want := slices.Clone(out.data)
	run(gemmGeneric(c.rows), a, b.data, in.data, want)
	suite.RequireSame(t, fmt.Sprintf("%+v", c), got, want)
	suite.RequireSame(t, "a", ga, a)
	suite.RequireSame(t, "b", gb, b.data)
	suite.RequireSame(t, "init", ginit, in.data)
}

// randomCols is a number of columns that the tile can have on that tier.
func (s *Set) randomCols(rnd *rand.Rand, t *Tile) int {
	if !s.Masks {
		return t.NR
	}
	return t.NR - rnd.IntN(s.Vector)
}

// Every tile of every tier gives the generic bits for all k around the
// unrolling, any strides, every way to seed, NaN and Inf included.
func TestGemmTilesMatchGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(5, 6))
		for _, tile := range s.Tiles {
			for rows := 1; rows <= tile.MR; rows++ {
				for k := range 19 {
					for range 8 {
						randomTile(rnd, rows, s.randomCols(rnd, &tile), k).check(t, &tile, fill)
					}
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
			tile := &s.Tiles[rnd.IntN(len(s.Tiles))]
			randomTile(rnd, 1+int(rows)%tile.MR, s.randomCols(rnd, tile), int(k)).check(t, tile, fill)
		}
	})
}

// checkGemv compares the kernel for one row on guarded operands with the generic one.
func checkGemv(t *testing.T, s *Set, rnd *rand.Rand, n, k int) {
	t.Helper()
	csa, rsb, side := 1+rnd.IntN(3), n+rnd.IntN(5), guard.Side(rnd.IntN(2))
	random := func(n int) []float32 {
		x := make([]float32, n)
		fill(rnd, x)
		return x
	}
	a, b, c := random(max(0, (k-1)*csa+1)), random(max(0, (k-1)*rsb+n)), random(n)
	if k == 0 {
		a, b = nil, nil
	}
	ga, gb, got := guarded(t, a, side), guarded(t, b, side), guarded(t, c, side)
	s.Gemv(n, k, unsafe.SliceData(got), unsafe.SliceData(ga), csa, unsafe.SliceData(gb), rsb)
	gemvGeneric(n, k, unsafe.SliceData(c), unsafe.SliceData(a), csa, unsafe.SliceData(b), rsb)
	suite.RequireSame(t, fmt.Sprintf("gemv n = %d, k = %d, csa = %d, rsb = %d", n, k, csa, rsb), got, c)
	suite.RequireSame(t, "a", ga, a)
	suite.RequireSame(t, "b", gb, b)
}

func TestGemvMatchesGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(15, 16))
		for k := range 9 {
			for n := range 150 {
				checkGemv(t, s, rnd, n, k)
			}
		}
	})
}

func FuzzGemv(f *testing.F) {
	f.Add(uint64(1), uint8(200), uint8(7))
	f.Fuzz(func(t *testing.T, seed uint64, n, k uint8) {
		for _, s := range usable()[1:] {
			checkGemv(t, &s, rand.New(rand.NewPCG(seed, 3)), int(n), int(k))
		}
	})
}

func BenchmarkGemv(b *testing.B) {
	const k, n = 784, 256
	for _, s := range usable() {
		b.Run(fmt.Sprintf("tier=%s/k=%d/n=%d", s.Name, k, n), func(b *testing.B) {
			a, x, c := make([]float32, k), make([]float32, k*n), make([]float32, n)
			for b.Loop() {
				s.Gemv(n, k, &c[0], &a[0], 1, &x[0], n)
			}
			b.ReportMetric(2*float64(k*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

// A tier has functions for every height of its tiles, which get narrower and no
// lower, down to one vector, and no kernel is missing.
func TestSetsAreComplete(t *testing.T) {
	for _, s := range Sets() {
		for i, tile := range s.Tiles {
			if len(tile.Gemm) != tile.MR || tile.NR%s.Vector != 0 || i > 0 && (tile.NR >= s.Tiles[i-1].NR || tile.MR < s.Tiles[i-1].MR) {
				t.Errorf("%s: tile %d is %d × %d, with %d functions", s.Name, i, tile.MR, tile.NR, len(tile.Gemm))
			}
		}
		if last := s.Tiles[len(s.Tiles)-1]; last.NR != s.Vector {
			t.Errorf("%s: the narrowest tile has %d columns, a vector %d", s.Name, last.NR, s.Vector)
		}
		for i, v := 0, reflect.ValueOf(s.Kernels); i < v.NumField(); i++ {
			optional := v.Field(i).Kind() == reflect.Bool || v.Field(i).Type() == reflect.TypeFor[[]SparseUpdateFunc]()
			if v.Field(i).IsZero() && !optional {
				t.Errorf("%s has no %s", s.Name, v.Type().Field(i).Name)
			}
		}
	}
}

func BenchmarkGemmTile(b *testing.B) {
	const k = 256
	for _, s := range usable() {
		for _, tile := range s.Tiles {
			b.Run(fmt.Sprintf("tier=%s/m=%d/k=%d/n=%d", s.Name, tile.MR, k, tile.NR), func(b *testing.B) {
				rnd := rand.New(rand.NewPCG(1, 2))
				a, x, c := make([]float32, k*tile.MR), make([]float32, k*tile.NR), make([]float32, tile.MR*tile.NR)
				for _, v := range [][]float32{a, x} {
					for i := range v {
						v[i] = rnd.Float32() - 0.5
					}
				}
				for b.Loop() {
					tile.Gemm[tile.MR-1](1, k, &a[0], 1, tile.MR, 0, &x[0], tile.NR, 0, &c[0], 0, 0, &c[0], tile.NR, 0, tile.NR, 0, 0, 0)
				}
				flops := 2 * float64(k*tile.MR*tile.NR)
				b.ReportMetric(flops*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
