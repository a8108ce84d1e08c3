package formula

import "fmt"

// SparseVectors is the number of vectors up to which there is a Sparse for each.
const SparseVectors = 8

// Sparse adds rows of a matrix that are chosen by the elements of a sparse one, in
// that many vectors.
func Sparse(vectors int) Function {
	const doc = "c[i][j] += Σₜ values[t]·b[columns[t]][j], i < rows, spans[2i] ≤ t < spans[2i+1], j in %d vectors; see SparseFunc"
	return Function{fmt.Sprintf("sparse%d", vectors), "SparseFunc", fmt.Sprintf(doc, vectors)}
}

// SparseUpdateVectors are the numbers of vectors of which there is a SparseUpdate: each
// is twice the one before.
var SparseUpdateVectors = []int{1, 2, 4, 8}

// The streams of an optimizer that such a function treats in its own way.
const (
	Gradient = "grad"
	Weights  = "w"
)

// Moments are the streams of an optimizer that go to the parameters m and v.
func (k Kernel) Moments() []string { return k.Streams[1 : len(k.Streams)-1] }

// SparseUpdate is the optimizer for that many vectors, with a gradient that is such a
// product.
func (k Kernel) SparseUpdate(vectors int) Function {
	const doc = "grad[i][j] = Σₜ values[t]·b[columns[t]][j], spans[2i] ≤ t < spans[2i+1], %s, i < rows, j in %d vectors; see SparseUpdateFunc"
	return Function{fmt.Sprintf("%sSparse%d", k.Name, vectors), "SparseUpdateFunc", fmt.Sprintf(doc, k.Doc, vectors)}
}
