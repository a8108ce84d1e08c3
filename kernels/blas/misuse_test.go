package blas_test

import (
	"slices"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mnist-fast/mnist-fast/kernels/blas"
)

// Bad arguments panic with gonum's messages, before anything is written, and
// empty operands are none.
func TestMisusePanicsAsGonumDoes(t *testing.T) {
	const n = 48
	full := func() []float32 { return filled(n*n, 1) }
	gemm := func(tA, tB gonumblas.Transpose, m, n, k, lenA, lda, lenB, ldb, lenC, ldc int) func(gonumblas.Float32, []float32) {
		return func(impl gonumblas.Float32, c []float32) {
			impl.Sgemm(tA, tB, m, n, k, 1, full()[:lenA], lda, full()[:lenB], ldb, 1, c[:lenC], ldc)
		}
	}
	gemv := func(tA gonumblas.Transpose, m, n, lenA, lda, lenX, incX, lenY, incY int) func(gonumblas.Float32, []float32) {
		return func(impl gonumblas.Float32, y []float32) {
			impl.Sgemv(tA, m, n, 1, full()[:lenA], lda, full()[:lenX], incX, 1, y[:lenY], incY)
		}
	}
	ger := func(m, n, lenX, incX, lenY, incY, lenA, lda int) func(gonumblas.Float32, []float32) {
		return func(impl gonumblas.Float32, a []float32) {
			impl.Sger(m, n, 1, full()[:lenX], incX, full()[:lenY], incY, a[:lenA], lda)
		}
	}
	vectors := func(n, lenX, incX, lenY, incY int) func(gonumblas.Float32, []float32) {
		return func(impl gonumblas.Float32, y []float32) {
			impl.Saxpy(n, 1, full()[:lenX], incX, y[:lenY], incY)
		}
	}
	vector := func(n, lenX, incX int) []func(gonumblas.Float32, []float32) {
		return []func(gonumblas.Float32, []float32){
			func(impl gonumblas.Float32, x []float32) { impl.Snrm2(n, x[:lenX], incX) },
			func(impl gonumblas.Float32, x []float32) { impl.Sasum(n, x[:lenX], incX) },
			func(impl gonumblas.Float32, x []float32) { impl.Sscal(n, 2, x[:lenX], incX) },
		}
	}
	calls := slices.Concat(vector(-1, 0, 1), vector(2000, 1999, 1), vector(9, 9, 0), vector(9, 16, 2), vector(0, 0, 1),
		[]func(gonumblas.Float32, []float32){
			gemm('X', blas.NoTrans, n, n, n, n*n, n, n*n, n, n*n, n),
			gemm(blas.NoTrans, 'X', n, n, n, n*n, n, n*n, n, n*n, n),
			gemm(blas.Trans, blas.Trans, -1, n, n, n*n, n, n*n, n, n*n, n),
			gemm(blas.Trans, blas.Trans, n, -1, n, n*n, n, n*n, n, n*n, n),
			gemm(blas.Trans, blas.Trans, n, n, -1, n*n, n, n*n, n, n*n, n),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n, n-1, n*n, n, n*n, n),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n, n, n*n, n-1, n*n, n),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n, n, n*n, n, n*n, n-1),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n-1, n, n*n, n, n*n, n),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n, n, n*n-1, n, n*n, n),
			gemm(blas.NoTrans, blas.NoTrans, n, n, n, n*n, n, n*n, n, n*n-1, n),
			gemm(blas.Trans, blas.NoTrans, 3, 4, 5, 15, 2, 20, 4, 12, 4),
			gemm(blas.NoTrans, blas.ConjTrans, 3, 4, 5, 15, 5, 20, 4, 12, 4),
			gemm(blas.NoTrans, blas.NoTrans, 3, 4, 0, 0, 1, 0, 4, 12, 4), // a is too short, though it has no columns
			gemm(blas.NoTrans, blas.NoTrans, 3, 4, 0, 2, 1, 0, 4, 12, 4),
			gemm(blas.NoTrans, blas.NoTrans, 0, 4, 5, 0, 5, 0, 4, 0, 4),
			gemm(blas.NoTrans, blas.NoTrans, 3, 0, 5, 0, 5, 0, 1, 0, 1),
			gemm(blas.NoTrans, blas.NoTrans, 3, 0, 5, 0, 5, 0, 0, 0, 1),
			gemm(blas.NoTrans, blas.NoTrans, 0, 0, 0, 0, 0, 0, 0, 0, 0),
			gemv('X', n, n, n*n, n, n, 1, n, 1),
			gemv(blas.Trans, -1, n, n*n, n, n, 1, n, 1),
			gemv(blas.Trans, n, -1, n*n, n, n, 1, n, 1),
			gemv(blas.Trans, n, n, n*n, n-1, n, 1, n, 1),
			gemv(blas.Trans, n, n, n*n-1, n, n, 1, n, 1),
			gemv(blas.Trans, n, n, n*n, n, n, 0, n, 1),
			gemv(blas.Trans, n, n, n*n, n, n, 1, n, 0),
			gemv(blas.Trans, n, n, n*n, n, n-1, 1, n, 1),
			gemv(blas.Trans, n, n, n*n, n, n, 1, n-1, 1),
			gemv(blas.Trans, 0, n, 0, n, 0, 1, n, 1),
			ger(-1, 300, 1, 1, 300, 1, 300, 300),
			ger(2, -1, 2, 1, 300, 1, 300, 300),
			ger(2, 300, 2, 0, 300, 1, 600, 300),
			ger(2, 300, 2, 1, 300, 0, 600, 300),
			ger(2, 300, 1, 1, 300, 1, 600, 300),
			ger(2, 300, 2, 1, 299, 1, 600, 300),
			ger(2, 300, 2, 1, 300, 1, 599, 300),
			ger(2, 300, 2, 1, 300, 1, 600, 299),
			ger(0, 300, 0, 1, 0, 1, 0, 300),
			vectors(-1, 0, 1, 0, 1),
			vectors(2000, 1999, 1, 2000, 1),
			vectors(2000, 2000, 1, 1999, 1),
			vectors(2000, 2000, 0, 2000, 1),
			vectors(2000, 2000, 1, 2000, 0),
			vectors(0, 0, 1, 0, 1),
		})
	for i, call := range calls {
		got, want := full(), full()
		panicked := caught(func() { call(&blas.Implementation{}, got) })
		if expected := caught(func() { call(gonum.Implementation{}, want) }); panicked != expected {
			t.Errorf("call %d: panic %v, want %v", i, panicked, expected)
		}
		requireSame(t, "a refused call has written", got, want)
	}
}

// Where an output overlaps an input, what comes out is what gonum makes of it.
func TestOverlapIsLeftToGonum(t *testing.T) {
	for name, call := range map[string]func(impl gonumblas.Float32, buf []float32){
		"Sgemm, c is a": func(impl gonumblas.Float32, x []float32) { impl.Sgemm('N', 'T', 40, 40, 40, 1, x, 40, x, 40, 1, x, 40) },
		"Sgemm, c begins in b": func(impl gonumblas.Float32, x []float32) {
			impl.Sgemm('N', 'N', 20, 20, 20, 1, x, 20, x[400:], 20, 1, x[790:], 20)
		},
		"Sgemv, y is a row of A": func(impl gonumblas.Float32, x []float32) {
			impl.Sgemv('T', 50, 50, 1, x, 50, x[2600:], 1, 1, x[100:], 1)
		},
		"Sgemv, y is x": func(impl gonumblas.Float32, x []float32) {
			impl.Sgemv('T', 50, 50, 1, x, 50, x[2600:], 1, 1, x[2600:], 1)
		},
		"Sger, y is a row of A": func(impl gonumblas.Float32, x []float32) { impl.Sger(5, 300, 1, x[2600:], 1, x[300:], 1, x, 300) },
		"Sger, x is in A":       func(impl gonumblas.Float32, x []float32) { impl.Sger(5, 300, 1, x[300:], 1, x[2600:], 1, x, 300) },
		"Saxpy, y is x":         func(impl gonumblas.Float32, x []float32) { impl.Saxpy(1100, 0.5, x, 1, x, 1) },
		"Saxpy, y begins in x":  func(impl gonumblas.Float32, x []float32) { impl.Saxpy(1100, 0.5, x, 1, x[7:], 1) },
	} {
		got, want := numbers(3000), numbers(3000)
		call(&blas.Implementation{}, got)
		call(gonum.Implementation{}, want)
		requireSame(t, name, got, want)
	}
}

// Blocks of one matrix do not overlap: the result is that of copies, and the
// rest of the matrix stays as it is.
func TestBlocksOfOneMatrix(t *testing.T) {
	const ld = 400
	impl := &blas.Implementation{}
	for name, call := range map[string]func(in, out []float32){
		"Sgemm": func(in, out []float32) {
			impl.Sgemm('N', 'T', 40, 40, 50, 1, in[3:], ld, in[60:], ld, 1, out[120:], ld)
		},
		"Sgemv, y is a piece of a row": func(in, out []float32) {
			impl.Sgemv('T', 50, 50, 1, in, ld, in[60:], 1, 0, out[2*ld+120:], 1)
		},
		"Sger, y is a piece of a row": func(in, out []float32) {
			impl.Sger(20, 260, 1, in[30*ld:], 1, in[30*ld+50:], 1, out, ld)
		},
		"Saxpy": func(in, out []float32) { impl.Saxpy(1100, 0.5, in, 1, out[1100:], 1) },
	} {
		whole, copied, original := numbers(60*ld), numbers(60*ld), numbers(60*ld)
		call(whole, whole)
		call(original, copied)
		requireSame(t, name, whole, copied)
		if slices.Equal(whole, original) {
			t.Errorf("%s has written nothing", name)
		}
	}
}
