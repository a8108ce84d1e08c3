package kernels

import (
	"math"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// The sparse updates are the optimizers with the gradient g = x·d that GemmSparse
// computes from zeros, a row for each row of x and one behind the other, which
// saves writing it. The bits are those of both calls. Each reports whether all
// weights are finite after it. They panic like the optimizers, or if the shapes do
// not fit.

// SGDSparse is SGD with the gradient x·d.
func (k *Core) SGDSparse(w []float32, x *Sparse, d Mat, lr float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{0: lr, 4: 0}, w)
	return u.run(k.set.SparseSGD, func(lo, hi int, g []float32) { k.SGD(w[lo:hi], g, lr) })
}

// MomentumSparse is Momentum with the gradient x·d.
func (k *Core) MomentumSparse(w, v []float32, x *Sparse, d Mat, lr, mu float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, mu, 4: 0}, w, v)
	return u.run(k.set.SparseMomentum, func(lo, hi int, g []float32) { k.Momentum(w[lo:hi], v[lo:hi], g, lr, mu) })
}

// NesterovSparse is Nesterov with the gradient x·d.
func (k *Core) NesterovSparse(w, v []float32, x *Sparse, d Mat, lr, mu float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, mu, 4: 0}, w, v)
	return u.run(k.set.SparseNesterov, func(lo, hi int, g []float32) { k.Nesterov(w[lo:hi], v[lo:hi], g, lr, mu) })
}

// RMSpropSparse is RMSprop with the gradient x·d.
func (k *Core) RMSpropSparse(w, v []float32, x *Sparse, d Mat, lr, c, eps float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, c, eps, 4: 0}, w, v)
	return u.run(k.set.SparseRMSprop, func(lo, hi int, g []float32) { k.RMSprop(w[lo:hi], v[lo:hi], g, lr, c, eps) })
}

// AdamSparse is Adam with the gradient x·d.
func (k *Core) AdamSparse(w, m, v []float32, x *Sparse, d Mat, s AdamStep) bool {
	u := k.sparseUpdate(x, d, [...]float32{s.LR, s.C1, s.C2, s.Eps, s.Decay}, w, m, v)
	return u.run(k.set.SparseAdam, func(lo, hi int, g []float32) { k.Adam(w[lo:hi], m[lo:hi], v[lo:hi], g, s) })
}

// A sparseUpdate has the operands of one. Kernels take pointers into it.
type sparseUpdate struct {
	core    *Core
	x       *Sparse
	d       Mat
	w       []float32
	moments [2][]float32         // as many as the optimizer has
	scalars [5]float32           // those of the optimizer come first
	watch   [micro.Lanes]float32 // NaN where a weight is not finite, else 0
}

// sparseUpdate checks the operands and keeps them where kernels find them.
func (k *Core) sparseUpdate(x *Sparse, d Mat, scalars [5]float32, w []float32, moments ...[]float32) *sparseUpdate {
	d.checkInput()
	if d.Rows != x.cols || d.Cols > 1 && d.ColStride != 1 {
		panic(badShape)
	}
	if len(w) != x.rows*d.Cols {
		panic(badLength)
	}
	for i, m := range moments {
		checkApart(w, m)
		if overlap(m, d.Data) || overlap(m, moments[0]) && i > 0 {
			panic(badOverlap)
		}
	}
	if overlap(w, d.Data) {
		panic(badOverlap)
	}
	u := &k.update
	*u = sparseUpdate{core: k, x: x, d: d, w: w, scalars: scalars}
	copy(u.moments[:], moments)
	return u
}

// run makes the update with the tier's fused kernels, or piece by piece with the
// optimizer where there are none for the width, and reports whether all weights are
// finite.
func (u *sparseUpdate) run(fused []micro.SparseUpdateFunc, update func(lo, hi int, g []float32)) bool {
	defer u.forget()
	if len(u.w) == 0 {
		return true
	}
	if len(fused) == 0 || u.d.Cols%u.core.set.Vector != 0 {
		return u.pieces(update)
	}
	return u.fused(fused)
}

// forget drops what is the caller's.
func (u *sparseUpdate) forget() { *u = sparseUpdate{} }

// sparseUpdateRows bounds the work of a call of assembly.
const sparseUpdateRows = 128

func (u *sparseUpdate) fused(kernels []micro.SparseUpdateFunc) bool {
	v, columns, values := u.core.set.Vector, first(u.x.columns), first(u.x.values)
	for i := 0; i < u.x.rows; i += sparseUpdateRows {
		rows := min(sparseUpdateRows, u.x.rows-i)
		for j, vectors := 0, 0; j < u.d.Cols; j += vectors * v {
			vectors = min(len(kernels), (u.d.Cols-j)/v)
			at := i*u.d.Cols + j
			kernels[vectors-1](rows, &u.x.starts[i], columns, values, u.d.place(0, j).at, u.d.RowStride,
				&u.w[at], element(u.moments[0], at), element(u.moments[1], at), u.d.Cols, &u.watch[0], &u.scalars[0])
		}
	}
	for _, x := range u.watch {
		if x != 0 {
			return false
		}
	}
	return true
}

// updateFloats is the size of the piece of a gradient that is computed and used up
// while it is in the first-level cache (16 KiB).
const updateFloats = 4096

func (u *sparseUpdate) pieces(update func(lo, hi int, g []float32)) bool {
	k, cols, finite := u.core, u.d.Cols, true
	rows := max(1, updateFloats/cols)
	for i := 0; i < u.x.rows; i += rows {
		x := u.x.Slice(i, min(i+rows, u.x.rows))
		lo, hi := i*cols, (i+x.rows)*cols
		g := grow(&k.gradient, hi-lo)[:hi-lo]
		clear(g)
		k.GemmSparse(&x, Panels{Mat: u.d, Count: 1}, Panels{Mat: View(g, x.rows, cols), Count: 1})
		update(lo, hi, g)
		sum := float64(k.SumAbs(u.w[lo:hi]))
		finite = finite && !math.IsInf(sum, 0) && !math.IsNaN(sum)
	}
	return finite
}

// first and element are pointers to an element, or nil if there is none.
func first[T any](xs []T) *T {
	if len(xs) == 0 {
		return nil
	}
	return &xs[0]
}

func element(xs []float32, at int) *float32 {
	if xs == nil {
		return nil
	}
	return &xs[at]
}
