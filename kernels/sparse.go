package kernels

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// A Sparse is a matrix of which few elements are not zero, as lists of those of
// each row, in ascending columns. Reset and the Append methods make one; its memory
// is used again.
type Sparse struct {
	rows, cols int
	starts     []int32 // of each row in the lists, and their end
	columns    []int32
	values     []float32
}

// maxSparseCols bounds the work in a row, so that no call of assembly is long.
const maxSparseCols = 1 << 12

// Reset empties the matrix: it has that many columns, and no row. It panics if
// there are more than 4096.
func (s *Sparse) Reset(cols int) {
	if cols < 0 || cols > maxSparseCols {
		panic(badShape)
	}
	s.rows, s.cols = 0, cols
	s.starts = append(s.starts[:0], 0)
	s.columns, s.values = s.columns[:0], s.values[:0]
}

// Grow makes room for that many elements, so that the Append methods do not.
func (s *Sparse) Grow(elements int) {
	s.columns, s.values = slices.Grow(s.columns, elements), slices.Grow(s.values, elements)
}

// AppendBytes appends a row of bytes b that stand for the numbers b/divisor, as
// Pixels has them. It panics unless the row has a byte for each column.
func (s *Sparse) AppendBytes(row []uint8, divisor float32) {
	s.beginRow(len(row))
	for at := 0; at < len(row); at += 8 {
		for word := bytesAt(row, at); word != 0; {
			first := bits.TrailingZeros64(word) / 8
			s.columns = append(s.columns, int32(at+first))
			s.values = append(s.values, float32(row[at+first])/divisor)
			word &^= 0xFF << (8 * first)
		}
	}
	s.endRow()
}

// bytesAt is up to eight bytes of the row, the first one lowest.
func bytesAt(row []uint8, at int) uint64 {
	if at+8 <= len(row) {
		return binary.LittleEndian.Uint64(row[at:])
	}
	var last [8]uint8
	copy(last[:], row[at:])
	return binary.LittleEndian.Uint64(last[:])
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
	for _, j := range s.columns {
		next[j+1]++
	}
	for j := range s.cols {
		next[j+1] += next[j]
	}
	t.columns, t.values = resize(t.columns, len(s.columns)), resize(t.values, len(s.values))
	for i := range s.rows {
		for e := s.starts[i]; e < s.starts[i+1]; e++ {
			j := s.columns[e]
			t.columns[next[j]], t.values[next[j]] = int32(i), s.values[e]
			next[j]++
		}
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
