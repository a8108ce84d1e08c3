package blas

import (
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// The lengths from which on vector routines are ours: below, the gain is less
// than what it takes to check and to get a Core.
const (
	minVector = 128
	minAxpy   = 1024
	minGer    = 256 // columns of A
)

// Snrm2 returns √Σ x[i]². It panics, as gonum does, if n is negative, incX is 0,
// or x is too short.
func (impl *Implementation) Snrm2(n int, x []float32, incX int) float32 {
	// Between these bounds no square overflows, and those lost to underflow
	// cannot be noticed.
	const least, most = 0x1p-80, math.MaxFloat32
	if contiguous(n, x, incX, minVector) {
		var sum float32
		impl.with(func(k *kernels.Core) { sum = k.Dot(x[:n], x[:n]) })
		if sum >= least && sum <= most {
			return float32(math.Sqrt(float64(sum)))
		}
	}
	return impl.Implementation.Snrm2(n, x, incX)
}

// Sasum returns Σ |x[i]|. It panics, as gonum does, if n is negative, incX is 0,
// or x is too short.
func (impl *Implementation) Sasum(n int, x []float32, incX int) float32 {
	if !contiguous(n, x, incX, minVector) {
		return impl.Implementation.Sasum(n, x, incX)
	}
	var sum float32
	impl.with(func(k *kernels.Core) { sum = k.SumAbs(x[:n]) })
	return sum
}

// Sscal computes x = α·x; α = 0 overwrites x, NaN included. It panics, as gonum
// does, if n is negative, incX is 0, or x is too short.
func (impl *Implementation) Sscal(n int, alpha float32, x []float32, incX int) {
	if !contiguous(n, x, incX, minVector) || alpha == 0 {
		impl.Implementation.Sscal(n, alpha, x, incX)
		return
	}
	impl.with(func(k *kernels.Core) { k.Scale(x[:n], x[:n], alpha) })
}

// Saxpy computes y += α·x; α = 0 leaves y as it is. It panics, as gonum does, if
// n is negative, an increment is 0, or a slice is too short.
func (impl *Implementation) Saxpy(n int, alpha float32, x []float32, incX int, y []float32, incY int) {
	if !contiguous(n, x, incX, minAxpy) || !contiguous(n, y, incY, minAxpy) || alpha == 0 ||
		kernels.View(y, 1, n).Overlaps(kernels.View(x, 1, n)) {
		impl.Implementation.Saxpy(n, alpha, x, incX, y, incY)
		return
	}
	impl.with(func(k *kernels.Core) { k.SGD(y[:n], x[:n], -alpha) }) // y -= -α·x
}

// Sger computes A += α·x·yᵀ, where A is m × n, A[i][j] is a[i·lda+j], and x and
// y have m and n elements; α = 0 leaves A as it is. It panics, as gonum does, if
// a size is negative, lda is smaller than a row (or than 1), an increment is 0,
// or a slice is too short.
func (impl *Implementation) Sger(m, n int, alpha float32, x []float32, incX int, y []float32, incY int, a []float32, lda int) {
	out, ok := operand(NoTrans, m, n, a, lda)
	if !ok || !contiguous(m, x, incX, 1) || !contiguous(n, y, incY, minGer) || alpha == 0 ||
		out.Overlaps(kernels.View(x, 1, m)) || out.Overlaps(kernels.View(y, 1, n)) {
		impl.Implementation.Sger(m, n, alpha, x, incX, y, incY, a, lda)
		return
	}
	impl.with(func(k *kernels.Core) {
		for i := range m {
			k.SGD(out.Row(i), y[:n], -alpha*x[i])
		}
	})
}

// contiguous reports whether x has n elements of increment 1, and n ≥ least.
func contiguous(n int, x []float32, inc, least int) bool {
	return inc == 1 && n >= least && n <= len(x)
}
