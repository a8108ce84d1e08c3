package micro

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// checkNonZero compares the function on guarded operands with the generic one.
func checkNonZero(t *testing.T, s *Set, rnd *rand.Rand, n int) {
	t.Helper()
	side, share := guard.Side(rnd.IntN(2)), rnd.Float64()
	x := guard.Bytes(t, n, side)
	for i := range x {
		if rnd.Float64() < share {
			x[i] = uint8(rnd.IntN(256))
		}
	}
	first, ahead, a := rnd.IntN(1000), rnd.IntN(1<<20)-1<<19, 1+255*rnd.Float32()
	list := func(s *Set) ([]int32, []float32) {
		columns := guardedInts(t, n, side)
		values := guarded(t, make([]float32, n), side)
		count := s.NonZero(n, &columns[0], &values[0], &x[0], a, first, ahead)
		return columns[:count], values[:count]
	}
	columns, values := list(s)
	wantColumns, wantValues := list(&generic)
	if !slices.Equal(columns, wantColumns) || !slices.Equal(values, wantValues) {
		t.Fatalf("of %v, the columns are %v instead of %v, the values %v instead of %v", x, columns, wantColumns, values, wantValues)
	}
}

// checkNonZeroFloats does the same with numbers, special ones among them.
func checkNonZeroFloats(t *testing.T, s *Set, rnd *rand.Rand, n int) {
	t.Helper()
	x, side, share := make([]float32, n), guard.Side(rnd.IntN(2)), rnd.Float64()
	fill(rnd, x)
	for i := range x {
		if rnd.Float64() > share {
			x[i] = float32(math.Copysign(0, float64(rnd.IntN(2)*2-1)))
		}
	}
	first, ahead := rnd.IntN(1000), rnd.IntN(1<<20)-1<<19
	gx := guarded(t, x, side)
	list := func(s *Set) ([]int32, []float32) {
		columns := guardedInts(t, n, side)
		values := guarded(t, make([]float32, n), side)
		count := s.NonZeroFloats(n, &columns[0], &values[0], &gx[0], first, ahead)
		return columns[:count], values[:count]
	}
	columns, values := list(s)
	wantColumns, wantValues := list(&generic)
	if !slices.Equal(columns, wantColumns) {
		t.Fatalf("of %v, the columns are %v instead of %v", x, columns, wantColumns)
	}
	suite.RequireSame(t, "values", values, wantValues)
}

func TestNonZeroMatchesGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(29, 30))
		for units := 1; units < 20; units++ {
			for range 50 {
				checkNonZero(t, s, rnd, 8*units)
				checkNonZeroFloats(t, s, rnd, 8*units)
			}
		}
	})
}

// The lists are those that a loop with a branch would make.
func TestNonZeroDefinition(t *testing.T) {
	x := []uint8{0, 255, 0, 0, 51, 0, 0, 0}
	columns, values := make([]int32, len(x)), make([]float32, len(x))
	n := generic.NonZero(len(x), &columns[0], &values[0], &x[0], 255, 100, 0)
	if want := []int32{101, 104}; !slices.Equal(columns[:n], want) {
		t.Errorf("the columns are %v, not %v", columns[:n], want)
	}
	if want := []float32{1, 0.2}; !slices.Equal(values[:n], want) {
		t.Errorf("the values are %v, not %v", values[:n], want)
	}
}

func FuzzNonZero(f *testing.F) {
	f.Add(uint64(1), uint8(3))
	f.Fuzz(func(t *testing.T, seed uint64, units uint8) {
		for _, s := range usable()[1:] {
			checkNonZero(t, &s, rand.New(rand.NewPCG(seed, 6)), 8*(1+int(units)))
			checkNonZeroFloats(t, &s, rand.New(rand.NewPCG(seed, 7)), 8*(1+int(units)))
		}
	})
}

func BenchmarkNonZero(b *testing.B) {
	const n, batches = 96, 2048 // that no branch is learnt by heart
	x, floats := make([]uint8, n*batches), make([]float32, n*batches)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range x { // 19 % in strokes, as of digits
		if i > 0 && x[i-1] != 0 && rnd.IntN(5) > 0 || rnd.IntN(21) == 0 {
			x[i] = uint8(1 + rnd.IntN(255))
		}
		floats[i] = float32(x[i]) / 255
	}
	columns, values := make([]int32, n), make([]float32, n)
	for _, s := range usable() {
		for of, list := range map[string]func(at int) int{
			"bytes":  func(at int) int { return s.NonZero(n, &columns[0], &values[0], &x[at], 255, 0, n) },
			"floats": func(at int) int { return s.NonZeroFloats(n, &columns[0], &values[0], &floats[at], 0, 4*n) },
		} {
			b.Run(fmt.Sprintf("of=%s/tier=%s/n=%d", of, s.Name, n), func(b *testing.B) {
				for i := 0; b.Loop(); i++ {
					list(i % batches * n)
				}
			})
		}
	}
}
