package blas_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/blas/testblas"
)

// gonum tests its double precision only. A double is gonum's double precision,
// but each call is made in single precision first, of the implementation under
// test, whose result must be gonum's within the rounding errors.
type double struct {
	gonum.Implementation
	t    *testing.T
	impl gonumblas.Float32
}

// check compares a call in single precision with a reference in double. Both
// write to out, but only where it is inside; each element is a sum of that many
// terms. The reference is given out, and f to apply to its other operands: with
// math.Abs it computes what the rounding errors are in proportion to.
func (d double) check(call string, terms int, out []float32, inside func(i int) bool, ours func(), reference func(f func(float64) float64, out []float64)) {
	d.t.Helper()
	before := slices.Clone(out)
	want, scale := each(same, out), each(math.Abs, out)
	panicked, expected := caught(ours), caught(func() { reference(same, want) })
	if panicked != expected {
		d.t.Errorf("%s: panic %v, want %v", call, panicked, expected)
	}
	if panicked != nil {
		panic(panicked)
	}
	reference(math.Abs, scale)
	for i, v := range out {
		switch got := float64(v); {
		case !inside(i):
			if math.Float32bits(v) != math.Float32bits(before[i]) {
				d.t.Fatalf("%s: element %d, which is outside, is now %g", call, i, got)
			}
		case math.IsNaN(want[i]):
			if got == got {
				d.t.Fatalf("%s: element %d is %g, want NaN", call, i, got)
			}
		case !(math.Abs(got-want[i]) <= float64(terms+3)*0x1p-24*scale[i]) && v != float32(want[i]):
			d.t.Fatalf("%s: element %d is %g, want %g", call, i, got, want[i])
		}
	}
}

// rows are the places of a matrix, elements those of a vector.
func rows(m, n, ld int) func(int) bool {
	return func(i int) bool { return i/ld < m && i%ld < n }
}

func elements(n, inc int) func(int) bool {
	inc = max(inc, -inc)
	return func(i int) bool { return i%inc == 0 && i/inc < n }
}

func (d double) Dgemm(tA, tB gonumblas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	d.t.Helper()
	a1, b1, c1, alpha1, beta1 := single(a), single(b), single(c), float32(alpha), float32(beta)
	call := fmt.Sprintf("Sgemm %c%c %d×%d×%d α=%g β=%g lda %d ldb %d ldc %d", tA, tB, m, n, k, alpha, beta, lda, ldb, ldc)
	d.check(call, k, c1, rows(m, n, ldc),
		func() { d.impl.Sgemm(tA, tB, m, n, k, alpha1, a1, lda, b1, ldb, beta1, c1, ldc) },
		func(f func(float64) float64, c []float64) {
			d.Implementation.Dgemm(tA, tB, m, n, k, f(float64(alpha1)), each(f, a1), lda, each(f, b1), ldb, f(float64(beta1)), c, ldc)
		})
	d.Implementation.Dgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

func (d double) Dgemv(tA gonumblas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	d.t.Helper()
	a1, x1, y1, alpha1, beta1 := single(a), single(x), single(y), float32(alpha), float32(beta)
	terms, results := m, n
	if tA == gonumblas.NoTrans {
		terms, results = n, m
	}
	call := fmt.Sprintf("Sgemv %c %d×%d α=%g β=%g lda %d incX %d incY %d", tA, m, n, alpha, beta, lda, incX, incY)
	d.check(call, terms, y1, elements(results, incY),
		func() { d.impl.Sgemv(tA, m, n, alpha1, a1, lda, x1, incX, beta1, y1, incY) },
		func(f func(float64) float64, y []float64) {
			d.Implementation.Dgemv(tA, m, n, f(float64(alpha1)), each(f, a1), lda, each(f, x1), incX, f(float64(beta1)), y, incY)
		})
	d.Implementation.Dgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

func (d double) Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	d.t.Helper()
	x1, y1, a1, alpha1 := single(x), single(y), single(a), float32(alpha)
	d.check(fmt.Sprintf("Sger %d×%d α=%g lda %d incX %d incY %d", m, n, alpha, lda, incX, incY), 1, a1, rows(m, n, lda),
		func() { d.impl.Sger(m, n, alpha1, x1, incX, y1, incY, a1, lda) },
		func(f func(float64) float64, a []float64) {
			d.Implementation.Dger(m, n, f(float64(alpha1)), each(f, x1), incX, each(f, y1), incY, a, lda)
		})
	d.Implementation.Dger(m, n, alpha, x, incX, y, incY, a, lda)
}

func (d double) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	d.t.Helper()
	x1, y1, alpha1 := single(x), single(y), float32(alpha)
	d.check(fmt.Sprintf("Saxpy %d α=%g incX %d incY %d", n, alpha, incX, incY), 1, y1, elements(n, incY),
		func() { d.impl.Saxpy(n, alpha1, x1, incX, y1, incY) },
		func(f func(float64) float64, y []float64) {
			d.Implementation.Daxpy(n, f(float64(alpha1)), each(f, x1), incX, y, incY)
		})
	d.Implementation.Daxpy(n, alpha, x, incX, y, incY)
}

func (d double) Dscal(n int, alpha float64, x []float64, incX int) {
	d.t.Helper()
	x1, alpha1 := single(x), float32(alpha)
	d.check(fmt.Sprintf("Sscal %d α=%g inc %d", n, alpha, incX), 0, x1, elements(n, incX),
		func() { d.impl.Sscal(n, alpha1, x1, incX) },
		func(f func(float64) float64, x []float64) { d.Implementation.Dscal(n, f(float64(alpha1)), x, incX) })
	d.Implementation.Dscal(n, alpha, x, incX)
}

func (d double) Dnrm2(n int, x []float64, incX int) float64 {
	d.t.Helper()
	d.checkSum("Snrm2", n, x, incX, d.impl.Snrm2, d.Implementation.Dnrm2)
	return d.Implementation.Dnrm2(n, x, incX)
}

func (d double) Dasum(n int, x []float64, incX int) float64 {
	d.t.Helper()
	d.checkSum("Sasum", n, x, incX, d.impl.Sasum, d.Implementation.Dasum)
	return d.Implementation.Dasum(n, x, incX)
}

func (d double) checkSum(name string, n int, x []float64, incX int, ours func(int, []float32, int) float32, reference func(int, []float64, int) float64) {
	d.t.Helper()
	x1, out := single(x), make([]float32, 1)
	d.check(fmt.Sprintf("%s %d inc %d", name, n, incX), n, out, elements(1, 1),
		func() { out[0] = ours(n, x1, incX) },
		func(_ func(float64) float64, out []float64) { out[0] = reference(n, each(same, x1), incX) })
}

func TestGonumsTests(t *testing.T) {
	forAll(t, func(t *testing.T, impl gonumblas.Float32) {
		d := double{t: t, impl: impl}
		testblas.TestDgemm(t, d)
		testblas.DgemvTest(t, d)
		testblas.DgerTest(t, d)
		testblas.DaxpyTest(t, d)
		testblas.DscalTest(t, d)
		testblas.Dnrm2Test(t, d)
		testblas.DasumTest(t, d)
	})
}
