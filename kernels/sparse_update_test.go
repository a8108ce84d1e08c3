package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A sparseUpdate is a row of the table of sparse updates: the moments that one has,
// and the optimizer that it stands for. s are w, m and v.
type sparseUpdate struct {
	name    string
	moments int
	sparse  func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool
	dense   func(k *kernels.Core, s [][]float32, g []float32)
}

var adamStep = kernels.AdamStep{LR: lr, C1: 2 * rate, C2: rate, Eps: eps, Decay: 0.75}

var sparseUpdates = []sparseUpdate{
	{"SGD", 0, func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.SGDSparse(s[0], x, d, lr)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.SGD(s[0], g, lr) }},
	{"Momentum", 1, func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.MomentumSparse(s[0], s[1], x, d, lr, mu)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Momentum(s[0], s[1], g, lr, mu) }},
	{"Nesterov", 1, func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.NesterovSparse(s[0], s[1], x, d, lr, mu)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Nesterov(s[0], s[1], g, lr, mu) }},
	{"RMSprop", 1, func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.RMSpropSparse(s[0], s[1], x, d, lr, rate, eps)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.RMSprop(s[0], s[1], g, lr, rate, eps) }},
	{"Adam", 2, func(k *kernels.Core, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.AdamSparse(s[0], s[1], s[2], x, d, adamStep)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Adam(s[0], s[1], s[2], g, adamStep) }},
}

// check compares an update of some shape, of which a weight may not be finite, with
// both calls that it stands for.
func (u sparseUpdate) check(t *testing.T, k *kernels.Core, rnd *rand.Rand, rows, batch, cols int) {
	t.Helper()
	_, x := sparseOf(rnd, rows, batch, rnd.Float64())
	d := kernels.Mat{Data: normal(rnd, batch*(cols+3)), Rows: batch, Cols: cols, RowStride: cols + 3, ColStride: 1}
	var got, want [][]float32
	for range 1 + u.moments {
		s := normal(rnd, rows*cols)
		for i := range s {
			s[i] = float32(math.Abs(float64(s[i]))) // √v
		}
		got, want = append(got, s), append(want, slices.Clone(s))
	}
	if rnd.IntN(3) == 0 {
		at, odd := rnd.IntN(rows*cols), []float32{float32(math.Inf(1)), float32(math.NaN())}[rnd.IntN(2)]
		got[0][at], want[0][at] = odd, odd
	}
	finite := u.sparse(k, got, x, d)

	g := kernels.NewMat(rows, cols)
	k.GemmSparse(x, kernels.Panels{Mat: d, Count: 1}, kernels.Panels{Mat: g, Count: 1})
	u.dense(k, want, g.Data)
	for i := range got {
		suite.RequireSame(t, fmt.Sprintf("%s of %d × %d × %d, stream %d", u.name, rows, batch, cols, i), got[i], want[i])
	}
	if isFinite := !slices.ContainsFunc(got[0], func(w float32) bool { return w-w != 0 }); finite != isFinite {
		t.Fatalf("%s of %d × %d × %d: it says that w finite is %v", u.name, rows, batch, cols, finite)
	}
}

// A sparse update has the bits of GemmSparse and the optimizer, for every width.
func TestSparseUpdates(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(31, 32))
		for _, u := range sparseUpdates {
			for range suite.Rounds(60) {
				u.check(t, k, rnd, 1+rnd.IntN(300), 1+rnd.IntN(40), []int{1 + rnd.IntN(60), 16 * (1 + rnd.IntN(9))}[rnd.IntN(2)])
			}
		}
	})
}

func TestSparseUpdateMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Best())
	_, x := sparseOf(rand.New(rand.NewPCG(1, 1)), 4, 3, 1)
	data := make([]float32, 40)
	d := kernels.View(make([]float32, 6), 3, 2)
	requirePanic(t, "shape of d", badShape, func() { k.SGDSparse(data[:8], x, kernels.View(make([]float32, 8), 4, 2), lr) })
	requirePanic(t, "columns apart", badShape, func() { k.SGDSparse(data[:12], x, kernels.View(make([]float32, 9), 3, 3).T(), lr) })
	requirePanic(t, "weights", badLength, func() { k.SGDSparse(data[:7], x, d, lr) })
	requirePanic(t, "moments", badLength, func() { k.MomentumSparse(data[:8], data[8:15], x, d, lr, mu) })
	requirePanic(t, "no moments", badLength, func() { k.AdamSparse(data[:8], data[8:16], nil, x, d, adamStep) })
	requirePanic(t, "overlap", badOverlap, func() { k.MomentumSparse(data[:8], data[4:12], x, d, lr, mu) })
	requirePanic(t, "one for both", badOverlap, func() { k.AdamSparse(data[:8], data[8:16], data[8:16], x, d, adamStep) })
	requirePanic(t, "overlap of d", badOverlap, func() { k.SGDSparse(data[:8], x, kernels.View(data[6:12], 3, 2), lr) })
}
