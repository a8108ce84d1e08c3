package micro

// The types of the functions that are not element-wise. The generators read them.

// GemmFunc computes a number of register tiles in a row or a column, each of r
// rows and NR columns:
//
//	c[i][j] = gate(init[i][j] + Σₚ a[i][p]·b[p][j])    p = 0..k-1 ascending
//
// with one rounding a product (fused multiply-add), and gate(v) = 0 where
// v ≤ lo, else v: lo = 0 is ReLU, lo = NaN lets everything through. Rows of a,
// b, init and c lie rsa, rsb, rsinit and rsc elements apart, columns of a csa
// elements; rsa or csa is 1, and columns of b, init and c are neighbours. From tile
// to tile, they go on by tsa, tsb, tsinit and tsc elements. init may be c, or a
// single row with rsinit = 0, or nil for zeros, which are there at once. There must be
// at least one tile.
//
// cols is NR, or, on a tier that Masks, less by fewer than Vector: then the
// columns beyond are neither read nor written.
//
// ahead is a hint of what will be read next, in elements from b: a tier may ask
// the caches for it meanwhile, and go on by stepAhead every AheadEvery values of p.
// Before each tile, it may read the element at which it then is.
type GemmFunc func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb, tsb int, init *float32, rsinit, tsinit int, c *float32, rsc, tsc, cols int, lo float32, ahead, stepAhead int)

// GemvFunc adds the product of a row vector and a matrix to c:
//
//	c[j] += Σₚ a[p]·b[p][j]    j = 0..n-1, p = 0..k-1 ascending
//
// with one rounding a product (fused multiply-add). Elements of a lie csa elements
// apart, rows of b rsb.
type GemvFunc func(n, k int, c, a *float32, csa int, b *float32, rsb int)

// SparseFunc adds the product of a sparse matrix and a dense one to c, in a number
// of vectors:
//
//	c[i][j] += Σₜ values[t]·b[columns[t]][j]    t = spans[2i]..spans[2i+1]-1 ascending
//
// with one rounding a product (fused multiply-add). Rows of b and c lie rsb and rsc
// elements apart; vector v of a row of b begins at element bs[v], those of c are
// neighbours. There is at least one row. Two elements of columns behind those of a row
// may be read.
type SparseFunc func(rows int, spans, columns *int32, values, b *float32, rsb int, bs *int, c *float32, rsc int)

// SparseUpdateFunc is an optimizer whose gradient is the product of a sparse matrix
// and a dense one, in a number of vectors:
//
//	g[i][j] = Σₜ values[t]·b[columns[t]][j]    t = spans[2i]..spans[2i+1]-1 ascending
//
// from 0, with one rounding a product (fused multiply-add). Rows of b lie rsb
// elements apart, those of w, m and v rs; vectors of b are neighbours, vector i of
// a row of the others begins at element places[i]. An optimizer with fewer moments
// does not look at v, or m. scalars are those of the optimizer; watch is a vector
// to which 0·w is added, so that it shows a w that is not finite. If still, w and
// moments of 0 stay as they are where the gradient is 0: such rows may be passed over.
// There is at least one row. Two elements of columns behind those of a row may be read.
type SparseUpdateFunc func(rows int, spans, columns *int32, values, b *float32, rsb int, w, m, v *float32, rs int, places *int, still bool, watch, scalars *float32)

// NonZeroFunc lists the bytes that are not zero, as float32(x[i])/a, and their
// columns, first+i, in ascending i < n, and returns how many they are. n is a
// multiple of 8, and not 0. The lists have room for n elements, all of which may be
// written. Bytes that lie ahead of those of x may be prefetched.
type NonZeroFunc func(n int, columns *int32, values *float32, x *uint8, a float32, first, ahead int) int

// NonZeroFloatsFunc is NonZeroFunc of numbers, as they are.
type NonZeroFloatsFunc func(n int, columns *int32, values, x *float32, first, ahead int) int

// MoveFunc writes α·src, of rows × cols elements, to dst or, a transposing one,
// its transpose of cols × rows. Rows lie rsd and rss elements apart; columns are
// neighbours. dst may be src where their rows are the same, but not overlap it
// otherwise. ahead is a hint of what will be read next, in elements from each row of
// src: a tier may ask the caches for it.
type MoveFunc func(rows, cols int, dst *float32, rsd int, src *float32, rss int, alpha float32, ahead int)

// PeakFunc does nothing but n·PeakFlops floating-point operations, as fused
// multiply-adds on registers.
type PeakFunc func(n int)
