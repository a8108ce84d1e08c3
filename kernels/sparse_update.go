package kernels

import (
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// The sparse updates are the optimizers of panels w side by side, each of contiguous
// rows, with the gradient that GemmSparse computes from zeros: of panel i, x times
// the columns of d from i·w.Cols on. That saves writing the gradient. The bits are
// those of both calls. The moments lie like w.Data. Each reports whether all weights
// are finite after it. They panic like the optimizers, or if the shapes do not fit.

// SGDSparse is SGD with the gradient x·d.
func (k *Core) SGDSparse(w Panels, x *Sparse, d Mat, lr float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{0: lr, 4: 0}, w, w.Data)
	u.still = keepZero(lr)
	return u.run(k.set.SparseSGD, func(lo, hi int, g []float32) { k.SGD(w.Data[lo:hi], g, lr) })
}

// MomentumSparse is Momentum with the gradient x·d.
func (k *Core) MomentumSparse(w Panels, v []float32, x *Sparse, d Mat, lr, mu float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, mu, 4: 0}, w, w.Data, v)
	return u.run(k.set.SparseMomentum, func(lo, hi int, g []float32) { k.Momentum(w.Data[lo:hi], v[lo:hi], g, lr, mu) })
}

// NesterovSparse is Nesterov with the gradient x·d.
func (k *Core) NesterovSparse(w Panels, v []float32, x *Sparse, d Mat, lr, mu float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, mu, 4: 0}, w, w.Data, v)
	return u.run(k.set.SparseNesterov, func(lo, hi int, g []float32) { k.Nesterov(w.Data[lo:hi], v[lo:hi], g, lr, mu) })
}

// RMSpropSparse is RMSprop with the gradient x·d.
func (k *Core) RMSpropSparse(w Panels, v []float32, x *Sparse, d Mat, lr, c, eps float32) bool {
	u := k.sparseUpdate(x, d, [...]float32{lr, c, eps, 4: 0}, w, w.Data, v)
	u.still = eps > 0 && keepZero(lr, c, eps)
	return u.run(k.set.SparseRMSprop, func(lo, hi int, g []float32) { k.RMSprop(w.Data[lo:hi], v[lo:hi], g, lr, c, eps) })
}

// AdamSparse is Adam with the gradient x·d.
func (k *Core) AdamSparse(w Panels, m, v []float32, x *Sparse, d Mat, s AdamStep) bool {
	u := k.sparseUpdate(x, d, [...]float32{s.LR, s.C1, s.C2, s.Eps, s.Decay}, w, w.Data, m, v)
	u.still = s.Decay == 1 && s.Eps > 0 && keepZero(s.LR, s.C1, s.C2, s.Eps)
	return u.run(k.set.SparseAdam, func(lo, hi int, g []float32) { k.Adam(w.Data[lo:hi], m[lo:hi], v[lo:hi], g, s) })
}

// A sparseUpdate has the operands of one. Kernels take pointers into it.
type sparseUpdate struct {
	core    *Core
	x       *Sparse
	d       Mat
	w       Panels
	moments [2][]float32          // those that the optimizer has, then w again
	scalars [5]float32            // those of the optimizer come first
	watch   [micro.Lanes]float32  // NaN where a weight is not finite, else 0
	places  [maxSparseVectors]int // of the vectors at hand, in a row of w
	still   bool                  // see micro.SparseUpdateFunc
}

// sparseUpdate checks the operands, w.Data and the moments as vs, and keeps them where
// kernels find them.
func (k *Core) sparseUpdate(x *Sparse, d Mat, scalars [5]float32, w Panels, vs ...[]float32) *sparseUpdate {
	d.checkInput()
	w.checkOutput()
	if w.Rows != x.rows || d.Rows != x.cols || d.Cols != w.Count*w.Cols || d.Cols > 1 && d.ColStride != 1 {
		panic(badShape)
	}
	if w.Rows > 1 && w.RowStride != w.Cols {
		panic(badRow)
	}
	checkApart(vs...)
	for _, v := range vs {
		if overlap(v, d.Data) {
			panic(badOverlap)
		}
	}
	u := &k.update
	*u = sparseUpdate{core: k, x: x, d: d, w: w, scalars: scalars, moments: [...][]float32{w.Data, w.Data}}
	copy(u.moments[:], vs[1:])
	return u
}

// run makes the update with the tier's fused kernels, or piece by piece with the
// optimizer where there are none for the width, and reports whether all weights are
// finite.
func (u *sparseUpdate) run(fused []micro.SparseUpdateFunc, update func(lo, hi int, g []float32)) bool {
	defer func() { *u = sparseUpdate{} }() // the memory of the operands is not ours to keep
	if u.w.Rows == 0 || u.w.Cols == 0 {
		return true
	}
	vector := u.core.set.Vector
	if len(fused) == 0 || u.w.Cols%vector != 0 || u.d.Rows == 0 {
		return u.pieces(update)
	}
	for at, vectors := 0, u.d.Cols/vector; at < vectors; {
		// The widest kernel that has work for all its vectors.
		i := min(len(fused), bits.Len(uint(vectors-at))) - 1
		u.vectors(fused[i], at, 1<<i)
		at += 1 << i
	}
	return u.watch == [micro.Lanes]float32{}
}

// sparseUpdateRows bounds the work of a call of assembly.
const sparseUpdateRows = 128

// vectors updates a number of vectors of every row, from one on.
func (u *sparseUpdate) vectors(kernel micro.SparseUpdateFunc, begin, count int) {
	v, columns, values := u.core.set.Vector, unsafe.SliceData(u.x.columns), unsafe.SliceData(u.x.values)
	for i := range count {
		j := (begin + i) * v
		u.places[i] = j/u.w.Cols*u.w.Step + j%u.w.Cols
	}
	for i := 0; i < u.x.rows; i += sparseUpdateRows {
		at := i * u.w.Cols
		kernel(min(sparseUpdateRows, u.x.rows-i), &u.x.spans[i].begin, columns, values, u.d.at(0, begin*v), u.d.RowStride,
			&u.w.Data[at], &u.moments[0][at], &u.moments[1][at], u.w.Cols, &u.places[0], u.still, &u.watch[0], &u.scalars[0])
	}
}

func (u *sparseUpdate) pieces(update func(lo, hi int, g []float32)) bool {
	k, cols, finite := u.core, u.w.Cols, true
	for p := range u.w.Count {
		k.SparseGradient(u.x, u.d.Slice(0, u.d.Rows, p*cols, (p+1)*cols), func(begin, end int, g []float32) {
			lo, hi := p*u.w.Step+begin*cols, p*u.w.Step+end*cols
			update(lo, hi, g)
			finite = k.Finite(u.w.Data[lo:hi]) && finite
		})
	}
	return finite
}

// keepZero reports whether 0 times any of the scalars is 0: they are finite, and not below
// it, nor -0.
func keepZero(scalars ...float32) bool {
	return !slices.ContainsFunc(scalars, func(x float32) bool { return math.Float32bits(x) > math.Float32bits(math.MaxFloat32) })
}
