package micro

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A sparseUpdate is a row of the table of optimizers of sparse gradients: where they
// are in a tier, how many moments they have, and the kernel that defines them.
type sparseUpdate struct {
	moments int
	still   bool // w stays as it is where moments and gradient are 0, even if it is -0
	of      func(*Set) []SparseUpdateFunc
	whole   func(n int, w, m, v, g *float32, a []float32)
}

var sparseUpdates = map[string]sparseUpdate{
	"SGD": {0, true, func(s *Set) []SparseUpdateFunc { return s.SparseSGD }, func(n int, w, _, _, g *float32, a []float32) {
		generic.SGD(n, w, g, a[0])
	}},
	"Momentum": {1, false, func(s *Set) []SparseUpdateFunc { return s.SparseMomentum }, func(n int, w, m, _, g *float32, a []float32) {
		generic.Momentum(n, w, m, g, a[0], a[1])
	}},
	"Nesterov": {1, false, func(s *Set) []SparseUpdateFunc { return s.SparseNesterov }, func(n int, w, m, _, g *float32, a []float32) {
		generic.Nesterov(n, w, m, g, a[0], a[1])
	}},
	"RMSprop": {1, true, func(s *Set) []SparseUpdateFunc { return s.SparseRMSprop }, func(n int, w, m, _, g *float32, a []float32) {
		generic.RMSprop(n, w, m, g, a[0], a[1], a[2])
	}},
	"Adam": {2, true, func(s *Set) []SparseUpdateFunc { return s.SparseAdam }, func(n int, w, m, v, g *float32, a []float32) {
		generic.Adam(n, w, m, v, g, a[0], a[1], a[2], a[3], a[4])
	}},
}

// checkSparseUpdate compares the function for that many vectors on guarded operands
// with a gradient that is written out and the optimizer of the generic tier.
func checkSparseUpdate(t *testing.T, s *Set, u sparseUpdate, rnd *rand.Rand, which, rows, cols int) {
	t.Helper()
	vectors := 1 << which
	width := vectors * s.Vector
	places := rnd.Perm(vectors)
	for i := range places {
		places[i] *= s.Vector
	}
	a := randomLists(t, rnd, rows, cols)
	rsb, rs, side := width+rnd.IntN(5), width+rnd.IntN(5), guard.Side(rnd.IntN(2))
	b := make([]float32, (cols-1)*rsb+width)
	fill(rnd, b)
	gb := guarded(t, b, side)
	var want, got [3][]float32 // w, m, v
	var at [3]*float32
	for i := range 1 + u.moments {
		want[i] = make([]float32, (rows-1)*rs+width)
		fill(rnd, want[i])
		got[i] = guarded(t, want[i], side)
		at[i] = &got[i][0]
	}
	scalars := []float32{rnd.Float32(), rnd.Float32(), rnd.Float32(), 1e-7, rnd.Float32()}
	watch := make([]float32, s.Vector)
	gw := guarded(t, watch, side)

	// Every other row has no gradient, and perhaps nothing to update.
	still := u.still && rnd.IntN(2) == 0
	if still {
		scalars[4] = 1
	}
	for i := 0; i < rows; i += 2 {
		a.spans[2*i+1] = a.spans[2*i]
		for j := 1; j <= u.moments && rnd.IntN(3) > 0; j++ {
			for _, x := range [][]float32{want[j], got[j]} {
				clear(x[i*rs:][:width])
			}
			if at := i*rs + rnd.IntN(width); rnd.IntN(4) == 0 {
				want[j][at], got[j][at] = 0.5, 0.5
			}
		}
	}
	u.of(s)[which](rows, &a.spans[0], unsafe.SliceData(a.columns), unsafe.SliceData(a.values),
		&gb[0], rsb, at[0], at[1], at[2], rs, &places[0], still, &gw[0], &scalars[0])
	finite := true
	for i := range rows {
		g := make([]float32, width)
		for e := a.spans[2*i]; e < a.spans[2*i+1]; e++ {
			multiplyAdd(g, a.values[e], b[int(a.columns[e])*rsb:][:width])
		}
		for v, place := range places {
			for j := range 1 + u.moments {
				at[j] = &want[j][i*rs+place]
			}
			u.whole(s.Vector, at[0], at[1], at[2], &g[v*s.Vector], scalars)
		}
		for _, w := range want[0][i*rs:][:width] {
			finite = finite && w-w == 0
		}
	}
	for i := range 1 + u.moments {
		suite.RequireSame(t, fmt.Sprintf("%d vectors, %d × %d, stream %d", vectors, rows, cols, i), got[i], want[i])
	}
	suite.RequireSame(t, "b", gb, b)
	for _, x := range gw {
		if x == 0 {
			continue
		}
		if !math.IsNaN(float64(x)) || finite {
			t.Fatalf("watch is %v, where w finite is %v", gw, finite)
		}
		return
	}
	if !finite {
		t.Fatal("watch did not see that w is not finite")
	}
}

func TestSparseUpdateMatchesGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		if s.SparseAdam == nil {
			t.Skip("the tier has no sparse updates")
		}
		for name, u := range sparseUpdates {
			t.Run(name, func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(27, 28))
				for which := range u.of(s) {
					for range 60 {
						checkSparseUpdate(t, s, u, rnd, which, 1+rnd.IntN(5), 1+rnd.IntN(40))
					}
				}
			})
		}
	})
}

func FuzzSparseUpdate(f *testing.F) {
	f.Add(uint64(1), uint8(3), uint8(3), uint8(20))
	f.Fuzz(func(t *testing.T, seed uint64, vectors, rows, cols uint8) {
		for _, s := range usable()[1:] {
			for _, u := range sparseUpdates {
				if n := len(u.of(&s)); n > 0 {
					checkSparseUpdate(t, &s, u, rand.New(rand.NewPCG(seed, 5)), int(vectors)%n, 1+int(rows)%40, 1+int(cols))
				}
			}
		}
	})
}

func BenchmarkSparseUpdate(b *testing.B) {
	const rows, cols, perRow = 96, 32, 6 // as for the first layer of the reference model
	for name, u := range sparseUpdates {
		for _, s := range usable() {
			which := len(u.of(&s)) - 1
			if which < 0 {
				continue
			}
			width := s.Vector << which
			var places []int
			for at := 0; at < width; at += s.Vector {
				places = append(places, at)
			}
			b.Run(fmt.Sprintf("optimizer=%s/tier=%s/m=%d/k=%d/n=%d/nonzero=%d", name, s.Name, rows, cols, width, perRow), func(b *testing.B) {
				a := evenLists(rand.New(rand.NewPCG(1, 2)), rows, cols, perRow)
				x, watch := make([]float32, cols*width), make([]float32, Lanes)
				w, m, v := make([]float32, rows*width), make([]float32, rows*width), make([]float32, rows*width)
				scalars := []float32{1e-3, 0.1, 1e-3, 1e-7, 1}
				for b.Loop() {
					u.of(&s)[which](rows, &a.spans[0], &a.columns[0], &a.values[0], &x[0], width, &w[0], &m[0], &v[0], width, &places[0], true, &watch[0], &scalars[0])
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*rows*width), "ns/weight")
			})
		}
	}
}
