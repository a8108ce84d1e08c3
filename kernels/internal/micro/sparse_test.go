package micro

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A lists is a sparse matrix as SparseFunc reads it.
type lists struct {
	spans, columns []int32
	values         []float32
}

// endRow ends a row that began with that element.
func (l *lists) endRow(begin int) { l.spans = append(l.spans, int32(begin), int32(len(l.columns))) }

func randomLists(t *testing.T, rnd *rand.Rand, rows, cols int) lists {
	var l lists
	density := rnd.Float64()
	for range rows {
		for range rnd.IntN(3) { // elements of no row
			l.columns, l.values = append(l.columns, -1), append(l.values, 0)
		}
		begin := len(l.columns)
		for j := range cols {
			if rnd.Float64() < density {
				l.columns, l.values = append(l.columns, int32(j)), append(l.values, rnd.Float32()-0.5)
			}
		}
		l.endRow(begin)
	}
	ahead := append(l.columns, -1, -1) // which may be read
	l.columns = guardedInts(t, len(ahead), guard.Side(rnd.IntN(2)))
	copy(l.columns, ahead)
	return l
}

// checkSparse compares the function for that many vectors on guarded operands with
// chains that are written out.
func checkSparse(t *testing.T, s *Set, rnd *rand.Rand, vectors, rows, cols int) {
	t.Helper()
	width := vectors * s.Vector
	a := randomLists(t, rnd, rows, cols)
	rsb, rsc, side := width+rnd.IntN(5), width+rnd.IntN(5), guard.Side(rnd.IntN(2))
	b, c := make([]float32, (cols-1)*rsb+width), make([]float32, (rows-1)*rsc+width)
	fill(rnd, b)
	fill(rnd, c)
	bs := rnd.Perm(vectors)
	for i := range bs {
		bs[i] *= s.Vector
	}

	gb, got := guarded(t, b, side), guarded(t, c, side)
	s.Sparse[vectors-1](rows, &a.spans[0], unsafe.SliceData(a.columns), unsafe.SliceData(a.values),
		&gb[0], rsb, &bs[0], &got[0], rsc)
	for i := range rows {
		for v := range vectors {
			for e := a.spans[2*i]; e < a.spans[2*i+1]; e++ {
				at := int(a.columns[e])*rsb + bs[v]
				multiplyAdd(c[i*rsc+v*s.Vector:][:s.Vector], a.values[e], b[at:at+s.Vector])
			}
		}
	}
	suite.RequireSame(t, fmt.Sprintf("%d vectors, %d × %d", vectors, rows, cols), got, c)
	suite.RequireSame(t, "b", gb, b)
}

func TestSparseMatchesGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(25, 26))
		for vectors := 1; vectors <= len(s.Sparse); vectors++ {
			for range 60 {
				checkSparse(t, s, rnd, vectors, 1+rnd.IntN(5), 1+rnd.IntN(40))
			}
		}
	})
}

func FuzzSparse(f *testing.F) {
	f.Add(uint64(1), uint8(7), uint8(3), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, vectors, rows, cols uint8) {
		for _, s := range usable()[1:] {
			checkSparse(t, &s, rand.New(rand.NewPCG(seed, 4)), 1+int(vectors)%len(s.Sparse), 1+int(rows), 1+int(cols))
		}
	})
}

// evenLists has that many elements in each row.
func evenLists(rnd *rand.Rand, rows, cols, perRow int) lists {
	var a lists
	for range rows {
		begin := len(a.columns)
		for j := range perRow {
			a.columns, a.values = append(a.columns, int32(j*cols/perRow+rnd.IntN(cols/perRow))), append(a.values, 1)
		}
		a.endRow(begin)
	}
	a.columns = append(a.columns, 0, 0) // which may be read
	return a
}

func BenchmarkSparse(b *testing.B) {
	const rows, cols, perRow = 32, 96, 20
	for _, s := range usable() {
		vectors := len(s.Sparse)
		width := vectors * s.Vector
		b.Run(fmt.Sprintf("tier=%s/m=%d/k=%d/n=%d/nonzero=%d", s.Name, rows, cols, width, perRow), func(b *testing.B) {
			a := evenLists(rand.New(rand.NewPCG(1, 2)), rows, cols, perRow)
			x, c := make([]float32, cols*width), make([]float32, rows*width)
			var at []int
			for v := range vectors {
				at = append(at, v*s.Vector)
			}
			for b.Loop() {
				s.Sparse[vectors-1](rows, &a.spans[0], &a.columns[0], &a.values[0], &x[0], width, &at[0], &c[0], width)
			}
			b.ReportMetric(2*float64(rows*perRow*width)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
