package formula

import "fmt"

// Sparse adds rows of a matrix that are chosen by the elements of a sparse one; see
// SparseFunc. There is a function for every number of vectors up to SparseVectors.
const (
	SparseSignature = "func(rows int, spans, columns *int32, values, b *float32, rsb int, bs *int, c *float32, rsc int)"
	SparseVectors   = 8
)

// SparseName is the name of the function for that many vectors, without its tier.
func SparseName(vectors int) string { return fmt.Sprintf("sparse%d", vectors) }

// SparseDoc is its formula.
func SparseDoc(vectors int) string {
	return fmt.Sprintf("c[i][j] += Σₜ values[t]·b[columns[t]][j], i < rows, spans[2i] ≤ t < spans[2i+1], j in %d vectors; see SparseFunc.", vectors)
}

// NonZero makes such lists of bytes, NonZeroFloats of numbers; see NonZeroFunc.
const (
	NonZeroName      = "nonZero"
	NonZeroSignature = "func(n int, columns *int32, values *float32, x *uint8, a float32, first, ahead int) int"
	NonZeroDoc       = "columns = first + i, values = float32(x[i]) / a for x[i] ≠ 0, in ascending i < n; see NonZeroFunc."

	NonZeroFloatsName      = "nonZeroFloats"
	NonZeroFloatsSignature = "func(n int, columns *int32, values, x *float32, first, ahead int) int"
	NonZeroFloatsDoc       = "columns = first + i, values = x[i] for x[i] ≠ 0, in ascending i < n; see NonZeroFunc."
)

// An optimizer whose gradient is such a product has functions for some numbers of
// vectors; see SparseUpdateFunc.
const SparseUpdateSignature = "func(rows int, spans, columns *int32, values, b *float32, rsb int, w, m, v *float32, rs int, places *int, still int, watch, scalars *float32)"

// SparseUpdateVectors are the numbers of vectors: each is twice the one before.
var SparseUpdateVectors = []int{1, 2, 4, 8}

// The streams of an optimizer that such a function treats in its own way.
const (
	Gradient = "grad"
	Weights  = "w"
)

// Moments are the streams of an optimizer that go to the parameters m and v.
func (k Kernel) Moments() []string { return k.Streams[1 : len(k.Streams)-1] }

// SparseUpdateName is the name of the function for that many vectors, without its tier.
func SparseUpdateName(k Kernel, vectors int) string {
	return fmt.Sprintf("%sSparse%d", k.Name, vectors)
}

// SparseUpdateDoc is its formula.
func SparseUpdateDoc(k Kernel, vectors int) string {
	return fmt.Sprintf("grad[i][j] = Σₜ values[t]·b[columns[t]][j], spans[2i] ≤ t < spans[2i+1], %s, i < rows, j in %d vectors; see SparseUpdateFunc.", k.Doc, vectors)
}
