package kernels

import "slices"

// A Sparse is a matrix of which few elements are not zero, as lists of those of
// each row, in ascending columns. Reset, AppendFloats and Core.AppendBytes make one; its
// memory is used again.
type Sparse struct {
	rows, cols int
	starts     []int32 // of each row in the lists, and their end
	columns    []int32
	values     []float32
}

// MaxSparseCols is the number of columns that a Sparse may have: it bounds the work
// in a row, so that no call of assembly is long.
const MaxSparseCols = 1 << 12

// Reset empties the matrix: it has that many columns, and no row. It panics if
// there are more than MaxSparseCols.
func (s *Sparse) Reset(cols int) {
	if cols < 0 || cols > MaxSparseCols {
		panic(badShape)
	}
	s.rows, s.cols = 0, cols
	s.starts = append(s.starts[:0], 0)
	s.columns, s.values = s.columns[:0], s.values[:0]
}

// Grow makes room for that many elements more.
func (s *Sparse) Grow(elements int) {
	s.columns, s.values = slices.Grow(s.columns, elements), slices.Grow(s.values, elements)
}

// AppendBytes appends a row of bytes b to s that stand for the numbers b/divisor, as
// Pixels has them. It panics unless the row has a byte for each column.
func (k *Core) AppendBytes(s *Sparse, row []uint8, divisor float32) {
	s.beginRow(len(row))
	s.Grow(len(row) + nonZeroUnit)
	whole := len(row) / nonZeroUnit * nonZeroUnit
	s.appendBytes(k, row[:whole], divisor, 0)
	if whole < len(row) {
		k.restBytes = [nonZeroUnit]uint8{}
		copy(k.restBytes[:], row[whole:])
		s.appendBytes(k, k.restBytes[:], divisor, whole)
	}
	s.endRow()
}

// nonZeroUnit is what NonZeroFunc takes the bytes by.
const nonZeroUnit = 8

// appendBytes appends whole units. There is room for all.
func (s *Sparse) appendBytes(k *Core, bytes []uint8, divisor float32, first int) {
	if len(bytes) == 0 {
		return
	}
	n := len(s.columns)
	columns, values := s.columns[n:cap(s.columns)], s.values[n:cap(s.values)]
	n += k.set.NonZero(len(bytes), &columns[0], &values[0], &bytes[0], divisor, first)
	s.columns, s.values = s.columns[:n], s.values[:n]
}

// AppendFloats appends a row of numbers. It panics unless there is one for each
// column.
func (s *Sparse) AppendFloats(row []float32) {
	s.beginRow(len(row))
	for j, x := range row {
		if x != 0 {
			s.columns = append(s.columns, int32(j))
			s.values = append(s.values, x)
		}
	}
	s.endRow()
}

func (s *Sparse) beginRow(cols int) {
	if cols != s.cols {
		panic(badShape)
	}
}

func (s *Sparse) endRow() {
	s.rows++
	s.starts = append(s.starts, int32(len(s.columns)))
}

// TransposeTo sets t to the transpose.
func (s *Sparse) TransposeTo(t *Sparse) {
	t.rows, t.cols = s.cols, s.rows
	t.starts = resize(t.starts, s.cols+2)
	clear(t.starts)
	next := t.starts[1:] // where the next element of each row goes, when all are counted
	counts := t.starts[2:]
	for _, j := range s.columns {
		counts[j]++
	}
	sum := int32(0)
	for j, n := range counts {
		sum += n
		counts[j] = sum
	}
	t.columns, t.values = resize(t.columns, len(s.columns)), resize(t.values, len(s.values))
	columns, values := t.columns, t.values[:len(t.columns)]
	begin := s.starts[0]
	for i, end := range s.starts[1:] {
		from := s.values[begin:end]
		for e, j := range s.columns[begin:end] {
			at := next[j]
			next[j] = at + 1
			columns[at], values[at] = int32(i), from[e]
		}
		begin = end
	}
	t.starts = t.starts[:s.cols+1]
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
	return Sparse{rows: r1 - r0, cols: s.cols, starts: s.starts[r0 : r1+1], columns: s.columns, values: s.values}
}
