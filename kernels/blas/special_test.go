package blas_test

import (
	"math"
	"math/rand/v2"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"

	"github.com/mnist-fast/mnist-fast/kernels/blas"
)

var (
	nan = float32(math.NaN())
	inf = float32(math.Inf(1))
)

func filled(n int, v float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = v
	}
	return x
}

// β = 0 overwrites NaN, and α = 0 does not read what it multiplies.
func TestZeroFactors(t *testing.T) {
	const n = 64
	ones, nans := filled(n*n, 1), filled(n*n, nan)
	forTiers(t, func(t *testing.T, impl *blas.Implementation) {
		for _, op := range []gonumblas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans} {
			c, y := filled(n*n, nan), filled(n, nan)
			impl.Sgemm(op, op, n, n, n, 1, ones, n, ones, n, 0, c, n)
			requireSame(t, "Sgemm, β = 0", c, filled(n*n, n))
			impl.Sgemv(op, n, n, 1, ones, n, ones, 1, 0, y, 1)
			requireSame(t, "Sgemv, β = 0", y, filled(n, n))
			for _, beta := range []float32{0, 1, 0.5} {
				c, y = filled(n*n, 4), filled(n, 4)
				impl.Sgemm(op, op, n, n, n, 0, nans, n, nans, n, beta, c, n)
				requireSame(t, "Sgemm, α = 0", c, filled(n*n, 4*beta))
				impl.Sgemv(op, n, n, 0, nans, n, nans, 1, beta, y, 1)
				requireSame(t, "Sgemv, α = 0", y, filled(n, 4*beta))
				impl.Sgemm(op, op, n, n, 0, 1, nans, n, nans, n, beta, c, n)
				requireSame(t, "Sgemm, k = 0", c, filled(n*n, 4*beta*beta))
			}
		}
		x, y := filled(2000, nan), filled(2000, 3)
		impl.Saxpy(2000, 0, x, 1, y, 1)
		requireSame(t, "Saxpy, α = 0", y, filled(2000, 3))
		impl.Sger(2, 1000, 0, x, 1, x, 1, y, 1000)
		requireSame(t, "Sger, α = 0", y, filled(2000, 3))
		impl.Sscal(2000, 0, x, 1)
		requireSame(t, "Sscal, α = 0", x, make([]float32, 2000))
	})
}

// A zero of one operand does not hide NaN and infinity in the other.
func TestNaNComesThrough(t *testing.T) {
	const m, n, k = 9, 40, 50
	forTiers(t, func(t *testing.T, impl *blas.Implementation) {
		a, b, c := make([]float32, m*k), make([]float32, k*n), make([]float32, m*n)
		a[3*k+5] = nan
		b[7*n+9] = inf
		impl.Sgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, a, k, b, n, 0, c, n)
		for i, v := range c {
			if isNaN, want := v != v, i/n == 3 || i%n == 9; isNaN != want {
				t.Fatalf("c[%d][%d] is %g", i/n, i%n, v)
			}
		}
	})
}

// A norm neither overflows nor underflows where its square does.
func TestSnrm2OfExtremes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	forAll(t, func(t *testing.T, impl gonumblas.Float32) {
		d := double{t: t, impl: impl}
		for _, scale := range []float64{1e-45, 1e-40, 1e-30, 1e-20, 1e-13, 1e-12, 1, 1e17, 1e18, 1e20, 1e36, 0, math.Inf(1), math.NaN()} {
			x := randomVector(rnd, 500)
			for i := range x {
				x[i] *= scale
			}
			d.Dnrm2(len(x), x, 1)
			x = randomVector(rnd, 500)
			x[77] *= scale
			d.Dnrm2(len(x), x, 1)
		}
	})
}
