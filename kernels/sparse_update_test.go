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
	sparse  func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool
	dense   func(k *kernels.Core, s [][]float32, g []float32)
}

var adamStep = kernels.AdamStep{LR: lr, C1: 2 * rate, C2: rate, Eps: eps, Decay: 0.75}

var sparseUpdates = []sparseUpdate{
	{"SGD", 0, func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.SGDSparse(w, x, d, lr)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.SGD(s[0], g, lr) }},
	{"Momentum", 1, func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.MomentumSparse(w, s[1], x, d, lr, mu)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Momentum(s[0], s[1], g, lr, mu) }},
	{"Nesterov", 1, func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.NesterovSparse(w, s[1], x, d, lr, mu)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Nesterov(s[0], s[1], g, lr, mu) }},
	{"RMSprop", 1, func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.RMSpropSparse(w, s[1], x, d, lr, rate, eps)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.RMSprop(s[0], s[1], g, lr, rate, eps) }},
	{"Adam", 2, func(k *kernels.Core, w kernels.Panels, s [][]float32, x *kernels.Sparse, d kernels.Mat) bool {
		return k.AdamSparse(w, s[1], s[2], x, d, adamStep)
	}, func(k *kernels.Core, s [][]float32, g []float32) { k.Adam(s[0], s[1], s[2], g, adamStep) }},
}

// check compares an update of panels, of which a weight may not be finite, with
// both calls that it stands for.
func (u sparseUpdate) check(t *testing.T, k *kernels.Core, rnd *rand.Rand, rows, batch, cols, count int) {
	t.Helper()
	_, samples := sparseOf(rnd, batch, rows, rnd.Float64())
	x := transposed(samples)
	d := kernels.Mat{Data: normal(rnd, batch*(count*cols+3)), Rows: batch, Cols: count * cols, RowStride: count*cols + 3, ColStride: 1}
	step := rows*cols + rnd.IntN(20)
	var got, want [][]float32
	for range 1 + u.moments {
		s := normal(rnd, (count-1)*step+rows*cols)
		for i := range s {
			s[i] = float32(math.Abs(float64(s[i]))) // √v
		}
		got, want = append(got, s), append(want, slices.Clone(s))
	}
	for i := 0; i < rows && u.moments > 0; i += 2 { // where the gradient may be 0, too
		for p := range count {
			for j := range u.moments {
				clear(got[1+j][p*step+i*cols:][:cols])
				clear(want[1+j][p*step+i*cols:][:cols])
			}
		}
	}
	if rnd.IntN(3) == 0 {
		at, odd := rnd.IntN(count)*step+rnd.IntN(rows*cols), []float32{float32(math.Inf(1)), float32(math.NaN())}[rnd.IntN(2)]
		got[0][at], want[0][at] = odd, odd
	}
	w := kernels.Panels{Mat: kernels.View(got[0], rows, cols), Count: count, Step: step}
	finite := u.sparse(k, w, got, x, d)

	isFinite := true
	for p := range count {
		g := kernels.NewMat(rows, cols)
		k.GemmSparse(x, kernels.Panels{Mat: d.Slice(0, batch, p*cols, (p+1)*cols), Count: 1}, kernels.Panels{Mat: g, Count: 1})
		var panel [][]float32
		for _, s := range want {
			panel = append(panel, s[p*step:][:rows*cols])
		}
		u.dense(k, panel, g.Data)
		isFinite = isFinite && !slices.ContainsFunc(panel[0], func(w float32) bool { return w-w != 0 })
	}
	for i := range got {
		suite.RequireSame(t, fmt.Sprintf("%s of %d × %d × %d panels of %d, stream %d", u.name, rows, batch, count, cols, i), got[i], want[i])
	}
	if finite != isFinite {
		t.Fatalf("%s of %d × %d × %d panels of %d: it says that w finite is %v", u.name, rows, batch, count, cols, finite)
	}
}

// A sparse update has the bits of GemmSparse and the optimizer, for every width.
func TestSparseUpdates(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(31, 32))
		for _, u := range sparseUpdates {
			for range suite.Rounds(60) {
				u.check(t, k, rnd, 1+rnd.IntN(300), rnd.IntN(40), []int{1 + rnd.IntN(60), 16 * (1 + rnd.IntN(9))}[rnd.IntN(2)], 1+rnd.IntN(4))
			}
		}
	})
}

func TestSparseUpdateMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Best())
	_, x := sparseOf(rand.New(rand.NewPCG(1, 1)), 4, 3, 1)
	data := make([]float32, 40)
	w := kernels.Panels{Mat: kernels.View(data[:8], 4, 2), Count: 1}
	apart := kernels.Panels{Mat: kernels.Mat{Data: data[:11], Rows: 4, Cols: 2, RowStride: 3, ColStride: 1}, Count: 1}
	d := kernels.View(make([]float32, 6), 3, 2)
	requirePanic(t, "shape of d", badShape, func() { k.SGDSparse(w, x, kernels.View(make([]float32, 8), 4, 2), lr) })
	requirePanic(t, "columns apart", badShape, func() { k.SGDSparse(w, x, kernels.View(make([]float32, 6), 2, 3).T(), lr) })
	requirePanic(t, "two panels", badShape, func() { k.SGDSparse(kernels.Panels{Mat: kernels.View(data[:16], 4, 2), Count: 2, Step: 8}, x, d, lr) })
	requirePanic(t, "rows apart", badRow, func() { k.SGDSparse(apart, x, d, lr) })
	requirePanic(t, "weights", badMat, func() { k.SGDSparse(kernels.Panels{Mat: kernels.View(data[:8], 4, 3), Count: 1}, x, d, lr) })
	requirePanic(t, "moments", badLength, func() { k.MomentumSparse(w, data[8:15], x, d, lr, mu) })
	requirePanic(t, "no moments", badLength, func() { k.AdamSparse(w, data[8:16], nil, x, d, adamStep) })
	requirePanic(t, "overlap", badOverlap, func() { k.MomentumSparse(w, data[4:12], x, d, lr, mu) })
	requirePanic(t, "one for both", badOverlap, func() { k.AdamSparse(w, data[8:16], data[8:16], x, d, adamStep) })
	requirePanic(t, "overlap of d", badOverlap, func() { k.SGDSparse(w, x, kernels.View(data[6:12], 3, 2), lr) })
}

// Weights without a gradient do as the optimizer has it, whatever the scalars are.
func TestSparseUpdatesWithoutGradient(t *testing.T) {
	const rows, cols = 5, 16
	zero, nan, inf := float32(math.Copysign(0, -1)), float32(math.NaN()), float32(math.Inf(1))
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(5, 6))
		_, x := sparseOf(rnd, rows, 3, 0)
		d := kernels.View(normal(rnd, 3*cols), 3, cols)
		for _, step := range []float32{0.5, 0, zero, -1, nan, inf} {
			for name, call := range map[string]func(w, v, g []float32, p kernels.Panels) bool{
				"SGD": func(w, v, g []float32, p kernels.Panels) bool {
					k.SGD(w, g, step)
					return k.SGDSparse(p, x, d, step)
				},
				"RMSprop": func(w, v, g []float32, p kernels.Panels) bool {
					k.RMSprop(w, slices.Clone(v), g, step, rate, eps)
					return k.RMSpropSparse(p, v, x, d, step, rate, eps)
				},
				"RMSprop, no epsilon": func(w, v, g []float32, p kernels.Panels) bool {
					k.RMSprop(w, slices.Clone(v), g, step, rate, 0)
					return k.RMSpropSparse(p, v, x, d, step, rate, 0)
				},
			} {
				w := slices.Repeat([]float32{3, zero, 0, -2}, rows*cols/4)
				want, v, g := slices.Clone(w), make([]float32, len(w)), make([]float32, len(w))
				finite := call(want, v, g, kernels.Panels{Mat: kernels.View(w, rows, cols), Count: 1})
				suite.RequireSame(t, fmt.Sprintf("%s, %v", name, step), w, want)
				if finite != k.Finite(want) {
					t.Errorf("%s, %v: finite = %t", name, step, finite)
				}
			}
		}
	})
}
