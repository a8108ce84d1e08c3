package kernels

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// randomMat returns a random matrix that lies in memory in one of several ways,
// against a page that cannot be touched.
func randomMat(t *testing.T, rnd *rand.Rand, rows, cols int) Mat {
	m := Mat{Rows: rows, Cols: cols}
	switch rnd.IntN(5) {
	case 0:
		m.RowStride, m.ColStride = cols, 1
	case 1:
		m.RowStride, m.ColStride = 1, rows
	case 2:
		m.RowStride, m.ColStride = cols+3, 1
	case 3:
		m.RowStride, m.ColStride = 2*cols+1, 2
	case 4:
		m.RowStride, m.ColStride = 1024, 1
	}
	m.Data = guard.Floats(t, (rows-1)*m.RowStride+(cols-1)*m.ColStride+1, guard.Side(rnd.IntN(2)))
	for i := range m.Data {
		m.Data[i] = float32(rnd.NormFloat64())
	}
	return m
}

// Caches of any size give the same bits, with b packed or not, because each block
// of k carries on the same chains.
func TestBlockingChangesNoBit(t *testing.T) {
	for _, tier := range Tiers() {
		t.Run("tier="+tier.String(), func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			k, whole := NewCore(tier), NewCore(Generic)
			whole.blocks = blocking{m: 1 << 20, n: 1 << 20, k: 1 << 20}
			for range 150 {
				k.blocks = blocking{m: (1 + rnd.IntN(3)) * highest(k.set), n: (1 + rnd.IntN(2)) * k.set.Tiles[0].NR, k: 1 + rnd.IntN(50), line: rnd.IntN(1 << 13)}
				compareBlocked(t, rnd, k, whole)
			}
		})
	}
}

func compareBlocked(t *testing.T, rnd *rand.Rand, k, whole *Core) {
	size := func() int { return []int{1, 2, 3, 14, 15, 17, 33, 48, 97, 150, 300}[rnd.IntN(11)] }
	m, n, depth := size(), size(), 1+rnd.IntN(150)
	a, b, c := randomMat(t, rnd, m, depth), randomMat(t, rnd, depth, n), randomMat(t, rnd, m, n)
	alpha, beta := []float32{1, 1, 0.3}[rnd.IntN(3)], []float32{0, 1, 0.7}[rnd.IntN(3)]
	e := Epilogue{ReLU: rnd.IntN(2) == 0}
	if rnd.IntN(2) == 0 {
		e.Bias = randomMat(t, rnd, n, 1).Data[:n]
	}
	want, packedC := c, c
	want.Data, packedC.Data = slices.Clone(c.Data), slices.Clone(c.Data)
	whole.Gemm(alpha, a, b, beta, want, e)
	k.Gemm(alpha, a, b, beta, c, e)
	var packed Packed
	k.Pack(&packed, b)
	k.GemmPacked(alpha, a, &packed, beta, packedC, e)
	what := fmt.Sprintf("%d × %d × %d, %+v, α = %g, β = %g, %+v", m, depth, n, k.blocks, alpha, beta, e)
	suite.RequireSame(t, what, c.Data, want.Data)
	suite.RequireSame(t, what+", packed", packedC.Data, want.Data)
}

// What tiles read ahead of themselves ends where the packed operand does, in its last
// strip and in its last block of k, too.
func TestReadsAheadWithinPacked(t *testing.T) {
	const m, depth, n = 61, 300, 192 // more than lines of tiles are for
	for _, tier := range Tiers() {
		k := NewCore(tier)
		k.blocks = blocking{m: 1 << 20, n: 1 << 20, k: 100}
		packed := Packed{data: guard.Floats(t, depth*roundUp(n, k.set.Vector), guard.After)}
		k.Pack(&packed, NewMat(depth, n))
		k.GemmPacked(1, NewMat(m, depth), &packed, 0, NewMat(m, n), Epilogue{})
	}
}

// Blocks fit the caches, have whole tiles, and are never empty.
func TestBlockingFitsCaches(t *testing.T) {
	for i := range sets {
		s := &sets[i]
		for _, l2 := range []int{128 << 10, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 16 << 20} {
			b := blockingFor(s, l2)
			if s.Tiles[0].NR > scratchCols {
				t.Errorf("%s: a tile of %d columns is wider than the scratch", s.Name, s.Tiles[0].NR)
			}
			if b.k < minBlockK || b.k > maxBlockK || b.m < 1 || b.m%highest(s) != 0 || b.n%s.Tiles[0].NR != 0 {
				t.Errorf("%s, cache of %d: %+v", s.Name, l2, b)
			}
			if bytes := 4 * b.m * b.k; b.m > highest(s) && bytes > l2/4*3 {
				t.Errorf("%s, cache of %d: a block of a has %d bytes", s.Name, l2, bytes)
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
		{"wide, with an edge", 100, 50, 250, false},
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
