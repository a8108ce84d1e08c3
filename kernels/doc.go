// Package kernels multiplies float32 matrices, and runs the other inner loops
// of neural networks, with the vector instructions of the processor at hand and
// without cgo.
//
//	k := kernels.NewCore(kernels.Auto)
//	a := kernels.View([]float32{1, 2, 3, 4}, 2, 2)
//	c := kernels.NewMat(2, 2)
//	k.Gemm(1, a, a.T(), 0, c, kernels.Epilogue{}) // c = a·aᵀ
//	fmt.Println(c.Data)                           // [5 11 11 25]
//
// # Matrices
//
// A [Mat] is a view of a slice: its element (i, j) is
// Data[i·RowStride + j·ColStride]. [View] wraps a slice, [Mat.T] transposes and
// [Mat.Slice] cuts out a block, all without copying. So there are no transpose
// flags: k.Gemm(1, a.T(), b, 0, c, …) is aᵀ·b.
//
// What [Core.Gemm] does to the product while it is in registers is its
// [Epilogue]: add a bias, then ReLU. The other methods work on slices, element
// by element, or on the rows of a matrix. They write into memory that the
// caller gives them, and allocate none once the buffers of a Core have grown.
//
// Gemm reads its operands as they lie where that is fast, and copies them block by
// block where it is not. A b that is used again and again, such as a layer's
// weights in prediction, can be copied once, by [Core.Pack], for [Core.GemmPacked]
// and [Team.GemmPacked]. [Core.GemmSparse] multiplies a matrix of which few elements
// are not zero, a [Sparse], and leaves out the others; [SparseParts] makes its lists.
//
// # Goroutines
//
// A [Core] owns buffers and belongs to one goroutine at a time. A [Team] is a
// Core for each of several workers, goroutines that stay ready between calls:
// [Team.Gemm] shares one product out, [Team.Run] runs any function on all of
// them, each with its Core. Close a Team when it is no longer needed. A [Crew] is for
// work that comes now and then, to one of many goroutines: helpers take a part of it
// if they come in time.
//
// # Tiers
//
// A [Tier] is a kind of processor: Generic is plain Go and runs everywhere,
// AVX2 is amd64 with AVX2 and FMA, AVX512 is amd64 with AVX-512, NEON is arm64.
// Auto takes the fastest that the processor and operating system can run;
// AVX512 counts as that from Ice Lake and Zen 4 on. The environment variable
// KERNELS_TIER overrides it by name, for instance KERNELS_TIER=generic; a tier
// that is unknown or cannot run here makes [NewCore] panic, and [Choose] return
// an error. The build tags purego and noasm leave out all assembly.
//
// # The same bits everywhere
//
// A result depends on the operands and their shapes alone: not on the tier, the
// number of workers, alignment or the machine. Every product is added by a
// fused multiply-add, rounded once, in an order that the shape fixes; exp, tanh
// and the like are the package's own and the same on all tiers. Exempt is what
// tells one NaN from another, its sign and payload: processors make them up
// differently.
//
// NaN and infinities are carried as IEEE 754 has it, and a zero does not hide
// them: 0·Inf is NaN.
//
// # Misuse
//
// Operands that do not fit are mistakes in a program, so the methods panic, with
// a constant message and before they write: a matrix that reaches beyond its
// data, shapes or lengths that do not fit together, an output whose elements
// share memory, an output that overlaps an input. An element-wise method may
// write its output over an input, if they are the same slice. Blocks of rows or
// of columns of one matrix do not overlap.
package kernels
