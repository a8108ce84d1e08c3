// Package blas makes gonum's float32 linear algebra run on the kernels of this
// module. One line at the start of a program is all:
//
//	import (
//		"github.com/mnist-fast/mnist-fast/kernels/blas"
//		"gonum.org/v1/gonum/blas/blas32"
//	)
//
//	func main() {
//		blas32.Use(&blas.Implementation{})
//		…
//	}
//
// Whoever does not use gonum has here a BLAS with its usual flags and leading
// dimensions, of matrices that are stored row after row:
//
//	var impl blas.Implementation
//	impl.Sgemm(blas.NoTrans, blas.Trans, m, n, k, 1, a, lda, b, ldb, 0, c, ldc)
//
// # What is ours
//
// An [Implementation] has all methods of gonum's own (blas/gonum), which it
// embeds. These are computed by the kernels where that is faster:
//
//   - Sgemm, of all sizes;
//   - Sgemv with Trans or ConjTrans, from 2048 elements of A on;
//   - Sger, from 256 columns on;
//   - Saxpy, from 1024 elements on;
//   - Snrm2 (unless the sum of squares may overflow, or is tiny), Sasum and Sscal,
//     from 128 elements on.
//
// Vectors must have increment 1 for it. Everything else is gonum's: Sdot and
// Sgemv with NoTrans, whose assembly the kernels do not beat, other increments,
// shorter vectors, double precision, bad arguments, which panic with gonum's
// messages, and outputs that overlap an input (see [kernels.Mat.Overlaps]).
// Products of less than about 6 × 6 × 6 are slower than gonum's, by some 0.2 µs.
// The benchmarks of this package compare each routine with gonum's.
//
// # Goroutines
//
// All goroutines may use one Implementation at the same time. Each computes with
// a [kernels.Core] of its own, taken from a pool. A large product is shared out
// among the processors, if no other is at the time: by goroutines that begin
// with it, and end half a millisecond after the last. Nobody waits for one of them that has
// not begun, so a product takes no longer where all processors are busy.
//
// # The same bits everywhere
//
// What is ours has the bits that package kernels promises: they depend on the
// arguments alone, not on the tier, the number of workers, or the machine. Sgemm
// and Sgemv begin each element with β·c, or 0 for β = 0 whatever c holds, and
// add (α·a)·b by fused multiply-adds in ascending k. They carry NaN and
// infinities as IEEE 754 has it: a zero in A does not hide them in B. With
// α = 0 they read neither, as in the reference BLAS. What is gonum's depends on
// its own assembly.
//
// The price is paid where there are no kernels but plain Go (see
// [kernels.Generic]): a fused multiply-add is then a computation of its own, and
// gonum's Sgemm, which makes no such promise, some five times as fast.
package blas
