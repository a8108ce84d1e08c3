package blas_test

import (
	"math"
	"math/rand/v2"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/blas"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// random makes calls of random shapes, which d compares with gonum's results.
type random struct {
	*rand.Rand
	d double
}

func (r random) choice(of ...int) int { return of[r.IntN(len(of))] }

func (r random) op() gonumblas.Transpose {
	return []gonumblas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}[r.IntN(3)]
}

// factor is an α or a β.
func (r random) factor() float64 { return []float64{0, 1, -1, 0.5, 3.25}[r.IntN(5)] }

// matrix returns a matrix and its leading dimension. It ends behind its last
// element, or a little later.
func (r random) matrix(op gonumblas.Transpose, rows, cols int) (data []float64, ld int) {
	if op != blas.NoTrans {
		rows, cols = cols, rows
	}
	ld = max(1, cols) + r.choice(0, 0, 1, 7)
	return randomVector(r.Rand, max(0, (rows-1)*ld+cols)+r.choice(0, 0, 3)), ld
}

// vector returns a vector of increment 1, or now and then another.
func (r random) vector(n int) (data []float64, inc int) {
	return r.vectorOf(n, r.choice(1, 1, 1, 1, 2, -1, -3))
}

func (r random) vectorOf(n, inc int) ([]float64, int) {
	return randomVector(r.Rand, max(0, n-1)*max(inc, -inc)+r.choice(1, 1, 4)), inc
}

// spoil makes an output NaN that β = 0 must overwrite.
func (r random) spoil(beta float64, out []float64) {
	if beta == 0 {
		for i := range out {
			out[i] = math.NaN()
		}
	}
}

func (r random) gemm() {
	r.d.t.Helper()
	size := func() int { return r.choice(0, 1, 2, 3, 7, 16, 17, 33, 64, 97, 130) }
	m, n, k, tA, tB, alpha, beta := size(), size(), size(), r.op(), r.op(), r.factor(), r.factor()
	a, lda := r.matrix(tA, m, k)
	b, ldb := r.matrix(tB, k, n)
	c, ldc := r.matrix(blas.NoTrans, m, n)
	r.spoil(beta, c)
	r.d.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func (r random) gemv() {
	r.d.t.Helper()
	m, n, op, alpha, beta := r.choice(0, 1, 15, 40, 64, 200), r.choice(0, 1, 13, 50, 64, 300), r.op(), r.factor(), r.factor()
	a, lda := r.matrix(blas.NoTrans, m, n)
	if op == blas.NoTrans {
		m, n = n, m
	}
	x, incX := r.vector(m)
	y, incY := r.vector(n)
	y = y[:max(0, n-1)*max(incY, -incY)+1] // gonum's own may write zeros behind it
	r.spoil(beta, y)
	if op == blas.NoTrans {
		m, n = n, m
	}
	r.d.Dgemv(op, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

func (r random) ger() {
	r.d.t.Helper()
	m, n := r.choice(0, 1, 3, 20), r.choice(0, 1, 255, 256, 257, 700)
	a, lda := r.matrix(blas.NoTrans, m, n)
	// gonum's own computes nonsense with negative increments (gonum issue 2105).
	x, incX := r.vectorOf(m, r.choice(1, 1, 2))
	y, incY := r.vectorOf(n, r.choice(1, 1, 3))
	r.d.Dger(m, n, r.factor(), x, incX, y, incY, a, lda)
}

func (r random) vectors() {
	r.d.t.Helper()
	n := r.choice(0, 1, 5, 127, 128, 129, 500, 1023, 1024, 1025, 3000)
	x, incX := r.vector(n)
	y, incY := r.vector(n)
	r.d.Daxpy(n, r.factor(), x, incX, y, incY)
	r.d.Dscal(n, r.factor(), x, incX)
	r.d.Dnrm2(n, x, incX)
	r.d.Dasum(n, x, incX)
}

func TestRandomCalls(t *testing.T) {
	forAll(t, func(t *testing.T, impl gonumblas.Float32) {
		r := random{rand.New(rand.NewPCG(1, 2)), double{t: t, impl: impl}}
		for range suite.Rounds(300) {
			r.gemm()
			r.gemv()
			r.ger()
			r.vectors()
		}
	})
}

// Products that the crew computes, of each shape that it cuts in another way.
func TestLargeProducts(t *testing.T) {
	forTiers(t, func(t *testing.T, impl *blas.Implementation) {
		r := random{rand.New(rand.NewPCG(3, 4)), double{t: t, impl: impl}}
		for _, s := range []struct{ m, n, k int }{{300, 170, 200}, {170, 300, 200}, {9, 1000, 1000}, {1000, 9, 1000}, {30, 30, 10000}} {
			tA, tB := r.op(), r.op()
			a, lda := r.matrix(tA, s.m, s.k)
			b, ldb := r.matrix(tB, s.k, s.n)
			c, ldc := r.matrix(blas.NoTrans, s.m, s.n)
			r.d.Dgemm(tA, tB, s.m, s.n, s.k, 1.5, a, lda, b, ldb, 0.5, c, ldc)
		}
	})
}

func FuzzCalls(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) {
		for _, tier := range kernels.Tiers() {
			r := random{rand.New(rand.NewPCG(seed, 5)), double{t: t, impl: &blas.Implementation{Tier: tier}}}
			r.gemm()
			r.gemv()
			r.ger()
			r.vectors()
		}
	})
}
