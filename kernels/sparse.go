package kernels

import "math"

// A Sparse is a matrix of which few elements are not zero, as lists of those of each
// row, in ascending columns. It is a part of a SparseParts, or the transpose of one.
type Sparse struct {
	rows, cols int
	spans      []span // of each row in the lists
	columns    []int32
	values     []float32
}

// A span is elements begin to end-1 of the lists.
type span struct{ begin, end int32 }

// SparseParts are a matrix of which few elements are not zero, with its columns cut
// into parts. Reset and GatherBytes or GatherFloats make one; its memory is used again.
type SparseParts struct {
	cols, width int
	parts       []Sparse
	columns     []int32 // of all parts: those of one Gather from begin·(cols + nonZeroUnit) on
	values      []float32
}

// MaxSparseCols is the number of columns that a Sparse may have: it bounds the work
// in a row, so that no call of assembly is long.
const MaxSparseCols = 1 << 12

// nonZeroUnit is what NonZeroFunc takes the bytes by.
const nonZeroUnit = 8

// columnsAhead is how many columns behind those of a row SparseFunc may read. Behind the
// last row of SparseParts, a nonZeroUnit is left.
const columnsAhead = 2

// SparseFits reports whether SparseParts can have that many rows and columns.
func SparseFits(rows, cols int) bool {
	return rows >= 0 && cols >= 0 && (rows == 0 || cols <= math.MaxInt32/rows-nonZeroUnit)
}

// Reset makes room for a matrix. All its rows are then to be set. Its parts have width
// columns, but for the last. It panics if width is not from 1 to MaxSparseCols, or the
// matrix does not fit.
func (s *SparseParts) Reset(rows, cols, width int) {
	if width < 1 || width > MaxSparseCols || !SparseFits(rows, cols) {
		panic(badShape)
	}
	s.cols, s.width = cols, width
	room := rows * (cols + nonZeroUnit)
	s.columns, s.values = resize(s.columns, room), resize(s.values, room)
	s.parts = resize(s.parts, (cols+width-1)/width)
	for p := range s.parts {
		part := &s.parts[p]
		*part = Sparse{rows, min(width, cols-p*width), resize(part.spans, rows), s.columns, s.values}
		clear(part.spans) // a row that is not set is empty
	}
}

// Parts is the number of parts.
func (s *SparseParts) Parts() int { return len(s.parts) }

// Part is a part, which has columns begin to end-1 of the matrix.
func (s *SparseParts) Part(p int) (part *Sparse, begin, end int) {
	part = &s.parts[p]
	return part, p * s.width, p*s.width + part.cols
}

// GatherBytes sets rows begin to end-1 of s. Row i is row rows[i] of data, of bytes b
// that stand for the numbers b/divisor, as Pixels has them. Several goroutines may set
// different rows at once.
func (k *Core) GatherBytes(s *SparseParts, begin, end int, data []uint8, rows []int, divisor float32) {
	list := func(n int, columns *int32, values *float32, x *uint8, first, ahead int) int {
		return k.set.NonZero(n, columns, values, x, divisor, first, ahead)
	}
	at := begin * (s.cols + nonZeroUnit)
	for i := begin; i < end; i++ {
		ahead := (rows[min(i+1, end-1)] - rows[i]) * s.cols // rows come from anywhere in memory
		at = setRow(s, i, at, data[rows[i]*s.cols:][:s.cols], &k.restBytes, list, ahead)
	}
}

// GatherFloats is GatherBytes of rows of x, whose rows must be contiguous.
func (k *Core) GatherFloats(s *SparseParts, begin, end int, x Mat, rows []int) {
	at := begin * (s.cols + nonZeroUnit)
	for i := begin; i < end; i++ {
		ahead := 4 * (rows[min(i+1, end-1)] - rows[i]) * x.RowStride
		at = setRow(s, i, at, x.Row(rows[i])[:s.cols], &k.restFloats, k.set.NonZeroFloats, ahead)
	}
}

// setRow makes the lists of a row, from place at on, and returns where they end.
func setRow[T uint8 | float32](s *SparseParts, i, at int, row []T, rest *[nonZeroUnit]T,
	list func(n int, columns *int32, values *float32, x *T, first, ahead int) int, ahead int) (end int) {
	for p := range s.parts {
		part := &s.parts[p]
		begin, xs := at, row[p*s.width:][:part.cols]
		whole := len(xs) / nonZeroUnit * nonZeroUnit
		if whole > 0 {
			at += list(whole, &s.columns[at], &s.values[at], &xs[0], 0, ahead)
		}
		if whole < len(xs) {
			*rest = [nonZeroUnit]T{}
			copy(rest[:], xs[whole:])
			at += list(nonZeroUnit, &s.columns[at], &s.values[at], &rest[0], whole, 0)
		}
		part.spans[i] = span{int32(begin), int32(at)}
	}
	return at
}

// TransposeTo sets t to the transpose.
func (s *Sparse) TransposeTo(t *Sparse) {
	spans := resize(t.spans, s.cols)
	clear(spans)
	t.rows, t.cols, t.spans = s.cols, s.rows, spans
	for _, row := range s.spans {
		for _, j := range s.columns[row.begin:row.end] {
			spans[j].end++
		}
	}
	sum := int32(0)
	for j := range spans { // each row is empty, and begins where it will
		spans[j], sum = span{sum, sum}, sum+spans[j].end
	}
	t.columns, t.values = resize(t.columns, int(sum)+columnsAhead), resize(t.values, int(sum))
	columns, values := t.columns[:sum], t.values[:sum]
	for i, row := range s.spans {
		from := s.values[row.begin:row.end]
		for e, j := range s.columns[row.begin:row.end] {
			at := spans[j].end
			spans[j].end = at + 1
			columns[at], values[at] = int32(i), from[e]
		}
	}
}

// resize returns a slice of that length in the same memory, if there is enough.
func resize[T any](xs []T, n int) []T {
	if n > cap(xs) {
		return make([]T, n, n+n/4)
	}
	return xs[:n]
}

// Slice returns rows r0 to r1-1, in the same memory.
func (s *Sparse) Slice(r0, r1 int) Sparse {
	return Sparse{r1 - r0, s.cols, s.spans[:s.rows:s.rows][r0:r1], s.columns, s.values}
}
