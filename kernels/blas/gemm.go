package blas

import (
	"gonum.org/v1/gonum/blas"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Sgemm computes
//
//	C = α·op(A)·op(B) + β·C
//
// where op(A) is m × k, op(B) k × n and C m × n. op(A) is A for NoTrans and Aᵀ
// for Trans and ConjTrans. Each matrix is stored row after row: A[i][j] is
// a[i·lda+j]. β = 0 overwrites C, NaN included; with α = 0, A and B are not read.
//
// It panics, as gonum does, if a size is negative, lda, ldb or ldc is smaller
// than a row of its matrix (or than 1), a, b or c is too short, or tA or tB is
// none of the three.
func (impl *Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	opA, okA := operand(tA, m, k, a, lda)
	opB, okB := operand(tB, k, n, b, ldb)
	out, okC := operand(NoTrans, m, n, c, ldc)
	if !okA || !okB || !okC || out.Overlaps(opA) || out.Overlaps(opB) {
		impl.Implementation.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	if alpha == 0 {
		opA, opB = opA.Slice(0, m, 0, 0), opB.Slice(0, 0, 0, n)
	}
	impl.multiply(product{alpha, opA, opB, beta, out})
}

// minGemv is the number of elements of A from which on Sgemv is ours.
const minGemv = 2048

// Sgemv computes
//
//	y = α·op(A)·x + β·y
//
// where A is m × n, A[i][j] is a[i·lda+j], and op as for Sgemm. With Trans, x
// has m elements and y n; else x has n and y m. β = 0 overwrites y, NaN included;
// with α = 0, A and x are not read.
//
// It panics, as gonum does, if a size is negative, lda is smaller than a row (or
// than 1), an increment is 0, a slice is too short, or tA is none of the three.
func (impl *Implementation) Sgemv(tA blas.Transpose, m, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	opA, ok := operand(NoTrans, m, n, a, lda)
	rowX, okX := operand(NoTrans, 1, m, x, m)
	out, okY := operand(NoTrans, 1, n, y, lda) // may be a piece of a row of the matrix that A is a block of
	if !ok || !okX || !okY || incX != 1 || incY != 1 || tA != Trans && tA != ConjTrans ||
		m*n < minGemv || alpha == 0 || out.Overlaps(opA) || out.Overlaps(rowX) {
		impl.Implementation.Sgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
		return
	}
	impl.multiply(product{alpha, rowX, opA, beta, out})
}

// operand returns op(x), which is rows × cols, of a matrix stored with rows ld
// elements apart. ok says whether there is one; if not, gonum says what is wrong.
func operand(t blas.Transpose, rows, cols int, x []float32, ld int) (op kernels.Mat, ok bool) {
	if t != NoTrans {
		rows, cols = cols, rows
	}
	stored := kernels.Mat{Data: x, Rows: rows, Cols: cols, RowStride: ld, ColStride: 1}
	ok = rows >= 0 && cols >= 0 && ld >= max(1, cols) &&
		(rows == 0 || cols <= len(x) && (rows == 1 || ld <= (len(x)-cols)/(rows-1)))
	if t == NoTrans {
		return stored, ok
	}
	return stored.T(), ok && (t == Trans || t == ConjTrans)
}
