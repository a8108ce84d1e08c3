package kernels

import (
	"math/bits"
	"unsafe"
)

// A Mat is a view of a matrix: element (i, j) is Data[i·RowStride + j·ColStride].
// Strides are in elements and not negative. As an input, a matrix may repeat
// itself (stride 0); as an output, its elements must all be different memory.
type Mat struct {
	Data                 []float32
	Rows, Cols           int
	RowStride, ColStride int
}

// NewMat returns a rows × cols matrix of zeros, row after row. It panics if one
// of them is negative.
func NewMat(rows, cols int) Mat {
	if rows < 0 || cols < 0 {
		panic(badMat)
	}
	return View(make([]float32, rows*cols), rows, cols)
}

// View returns data as a rows × cols matrix, row after row. It panics if data
// is too short.
func View(data []float32, rows, cols int) Mat {
	m := Mat{data, rows, cols, cols, 1}
	m.checkInput()
	return m
}

// T returns the transposed view of the same memory.
func (m Mat) T() Mat {
	return Mat{m.Data, m.Cols, m.Rows, m.ColStride, m.RowStride}
}

// Slice returns the view of rows r0 to r1-1 and columns c0 to c1-1. It panics
// if they are outside of the matrix.
func (m Mat) Slice(r0, r1, c0, c1 int) Mat {
	if r0 < 0 || r1 < r0 || r1 > m.Rows || c0 < 0 || c1 < c0 || c1 > m.Cols {
		panic(badSlice)
	}
	s := Mat{nil, r1 - r0, c1 - c0, m.RowStride, m.ColStride}
	if s.Rows > 0 && s.Cols > 0 {
		s.Data = m.Data[r0*m.RowStride+c0*m.ColStride:]
	}
	return s
}

// Row returns row i of a matrix whose rows are contiguous (ColStride 1). It
// panics if they are not, or if there is no such row.
func (m Mat) Row(i int) []float32 {
	if m.ColStride != 1 && m.Cols > 1 {
		panic(badRow)
	}
	if uint(i) >= uint(m.Rows) {
		panic(badSlice)
	}
	if m.Cols == 0 {
		return nil
	}
	at := i * m.RowStride
	return m.Data[at : at+m.Cols : at+m.Cols]
}

// At returns element (i, j).
func (m Mat) At(i, j int) float32 { return m.Data[i*m.RowStride+j*m.ColStride] }

// Set sets element (i, j).
func (m Mat) Set(i, j int, x float32) { m.Data[i*m.RowStride+j*m.ColStride] = x }

// at is the address of element (i, j).
func (m *Mat) at(i, j int) *float32 { return &m.Data[i*m.RowStride+j*m.ColStride] }

// Panics of misuse: what each says is the whole message.
const (
	badMat     = "kernels: matrix reaches beyond its data, or has a negative size or stride"
	badOutput  = "kernels: output matrix has elements that share memory"
	badOverlap = "kernels: output overlaps an input"
	badShape   = "kernels: shapes do not fit together"
	badLength  = "kernels: slices differ in length"
	badSlice   = "kernels: slice outside of the matrix"
	badRow     = "kernels: rows are not contiguous"
)

// checkInput panics if an element lies outside of Data.
func (m *Mat) checkInput() {
	if m.Rows|m.Cols|m.RowStride|m.ColStride < 0 {
		panic(badMat)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return
	}
	overRows, down := bits.Mul64(uint64(m.Rows-1), uint64(m.RowStride))
	overCols, across := bits.Mul64(uint64(m.Cols-1), uint64(m.ColStride))
	last, overSum := bits.Add64(down, across, 0)
	if overRows|overCols|overSum != 0 || last >= uint64(len(m.Data)) {
		panic(badMat)
	}
}

// checkOutput panics if an element lies outside of Data or shares memory with
// another element.
func (m *Mat) checkOutput() {
	m.checkInput()
	if m.Rows == 0 || m.Cols == 0 || m.Rows == 1 && m.Cols == 1 {
		return
	}
	rowWise := (m.Cols <= 1 || m.ColStride > 0) && (m.Rows <= 1 || m.RowStride > (m.Cols-1)*m.ColStride)
	colWise := (m.Rows <= 1 || m.RowStride > 0) && (m.Cols <= 1 || m.ColStride > (m.Rows-1)*m.RowStride)
	if !rowWise && !colWise {
		panic(badOutput)
	}
}

// Overlaps reports whether two matrices may share memory. Blocks of rows or of
// columns of one row-major matrix are known not to; other views whose elements
// interleave count as overlapping.
func (m Mat) Overlaps(x Mat) bool { return m.overlaps(&x) }

func (m *Mat) overlaps(x *Mat) bool {
	if m.Rows == 0 || m.Cols == 0 || x.Rows == 0 || x.Cols == 0 {
		return false
	}
	begin, end := m.extent()
	xBegin, xEnd := x.extent()
	return begin < xEnd && xBegin < end && !m.besides(x, begin, xBegin)
}

// checkApart panics if output m may share memory with x.
func (m *Mat) checkApart(x *Mat) {
	if m.overlaps(x) {
		panic(badOverlap)
	}
}

// besides reports whether m and x, which begin at these addresses, are known to
// be apart as blocks of columns of one row-major matrix.
func (m *Mat) besides(x *Mat, begin, xBegin uintptr) bool {
	mr, xr := m.rowMajor(), x.rowMajor()
	stride := uintptr(mr.RowStride)
	if mr.ColStride != 1 || xr.ColStride != 1 || mr.RowStride != xr.RowStride || stride == 0 {
		return false
	}
	// Column of x's origin counted from m's origin, within a row.
	column := (xBegin - begin) / 4 % stride
	if xBegin < begin {
		column = (stride - (begin-xBegin)/4%stride) % stride
	}
	return int(column) >= mr.Cols && int(column)+xr.Cols <= mr.RowStride
}

// rowMajor is the view, transposed or not, that has contiguous rows, if there is one.
func (m *Mat) rowMajor() Mat {
	if m.ColStride != 1 && m.RowStride == 1 {
		return m.T()
	}
	return *m
}

// extent is the range of addresses from the first to behind the last element.
func (m *Mat) extent() (begin, end uintptr) {
	begin = uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
	return begin, begin + 4*uintptr((m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride+1)
}
