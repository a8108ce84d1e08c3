package kernels

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

func randomMat(rnd *rand.Rand, rows, cols int) Mat {
	m := NewMat(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(rnd.NormFloat64())
	}
	return m
}

// Caches of any size give the same bits, because each block of k carries on the
// same chains.
func TestBlockingChangesNoBit(t *testing.T) {
	const m, depth, n = 61, 83, 75
	for _, tier := range Tiers() {
		t.Run("tier="+tier.String(), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			a, b := randomMat(rnd, m, depth), randomMat(rnd, depth, n)
			bias := randomMat(rnd, 1, n).Data
			k := NewCore(tier)
			want := NewMat(m, n)
			k.Gemm(1.5, a, b, 0, want, Epilogue{Bias: bias, ReLU: true})
			for range 40 {
				mr, nr := highest(k.set), k.set.Tiles[0].NR
				k.blocks = blocking{m: (1 + rnd.IntN(4)) * mr, n: (1 + rnd.IntN(4)) * nr, k: 1 + rnd.IntN(90)}
				got := NewMat(m, n)
				k.Gemm(1.5, a, b, 0, got, Epilogue{Bias: bias, ReLU: true})
				requireEqual(t, fmt.Sprintf("%+v", k.blocks), got.Data, want.Data)
			}
		})
	}
}

func requireEqual(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

// Blocks fit the caches, have whole tiles, and are never empty.
func TestBlockingFitsCaches(t *testing.T) {
	for i := range sets {
		s := &sets[i]
		for _, c := range []micro.Caches{{L1: 16 << 10, L2: 128 << 10}, {L1: 32 << 10, L2: 256 << 10}, {L1: 48 << 10, L2: 1 << 20}, {L1: 48 << 10, L2: 2 << 20}, {L1: 128 << 10, L2: 16 << 20}} {
			b := blockingFor(s, c)
			if b.k < minBlockK || b.k > maxBlockK || b.m < 1 || b.m%highest(s) != 0 || b.n%s.Tiles[0].NR != 0 {
				t.Errorf("%s, caches %+v: %+v", s.Name, c, b)
			}
			if bytes := 4 * b.m * b.k; b.m > highest(s) && bytes > c.L2/2 {
				t.Errorf("%s, caches %+v: a block of a has %d bytes", s.Name, c, bytes)
			}
		}
	}
}

// Strips cover all columns with tiles of which every vector has work.
func TestStripsCoverColumns(t *testing.T) {
	for i := range sets {
		s := &sets[i]
		for _, m := range []int{1, 2, 3, 4, 5, 7, 14, 100} {
			for n := 1; n <= 600; n++ {
				covered := 0
				for covered < n {
					st := stripsFor(s, m, n-covered)
					if st.tile.MR < min(m, highest(s)) {
						t.Fatalf("%s: %d rows take a tile of at most %d", s.Name, m, st.tile.MR)
					}
					if st.count < 1 || st.cols > st.tile.NR || st.cols <= st.tile.NR-s.Vector {
						t.Fatalf("%s: %d rows, %d columns left: %d strips of %d with a tile of %d",
							s.Name, m, n-covered, st.count, st.cols, st.tile.NR)
					}
					covered += st.count * st.cols
				}
				if covered != n {
					t.Fatalf("%s: %d of %d columns", s.Name, covered, n)
				}
			}
		}
	}
}

func TestCutRowsIsEven(t *testing.T) {
	for mr := 1; mr <= 14; mr++ {
		for rows := 1; rows <= 200; rows++ {
			r := cutRows(rows, mr)
			if got := r[0].count*r[0].rows + r[1].count*r[1].rows; got != rows {
				t.Fatalf("%d rows by %d: %+v covers %d", rows, mr, r, got)
			}
			if tiles := r[0].count + r[1].count; tiles != (rows+mr-1)/mr || r[0].count > 0 && r[0].rows > mr {
				t.Fatalf("%d rows by %d: %+v", rows, mr, r)
			}
		}
	}
}

// The form that needs no re-ordering wins where the other one has no advantage,
// and few columns are turned into few rows.
func TestOrientation(t *testing.T) {
	for _, c := range []struct {
		what       string
		m, k, n    int
		transposed bool
	}{
		{"wide", 100, 50, 256, false},
		{"one row", 1, 50, 256, false},
		{"one column", 256, 50, 1, true},
	} {
		for i := range sets {
			k := &Core{set: &sets[i]}
			p := product{alphaA: 1, alphaB: 1, a: NewMat(c.m, c.k), b: NewMat(c.k, c.n), c: NewMat(c.m, c.n)}
			if c.transposed { // a lies as bᵀ reads it
				p.a = NewMat(c.k, c.m).T()
			}
			if got := k.prefersTransposed(&p); got != c.transposed {
				t.Errorf("%s, %s: transposed = %t", sets[i].Name, c.what, got)
			}
		}
	}
}
