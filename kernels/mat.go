package kernels

import "unsafe"

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
	switch {
	case m.ColStride != 1 && m.Cols > 1:
		panic(badRow)
	case i < 0 || i >= m.Rows:
		panic(badSlice)
	case m.Cols == 0:
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
func (m Mat) at(i, j int) *float32 { return &m.Data[i*m.RowStride+j*m.ColStride] }

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
func (m Mat) checkInput() {
	if m.Rows < 0 || m.Cols < 0 || m.RowStride < 0 || m.ColStride < 0 {
		panic(badMat)
	}
	if m.Rows == 0 || m.Cols == 0 {
		return
	}
	last := len(m.Data) - 1 // index of the last element that there is
	if m.Rows > 1 && m.RowStride > last/(m.Rows-1) || m.Cols > 1 && m.ColStride > last/(m.Cols-1) ||
		(m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride > last {
		panic(badMat)
	}
}

// checkOutput panics if an element lies outside of Data or shares memory with
// another element.
func (m Mat) checkOutput() {
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

// checkApart panics if output m may share memory with x. Blocks of columns of
// one row-major matrix are known to be apart.
func (m Mat) checkApart(x Mat) {
	if m.Rows == 0 || m.Cols == 0 || x.Rows == 0 || x.Cols == 0 {
		return
	}
	m, x = m.rowMajor(), x.rowMajor()
	begin, end := m.extent()
	xBegin, xEnd := x.extent()
	if end <= xBegin || xEnd <= begin {
		return
	}
	stride := uintptr(m.RowStride)
	if m.ColStride == 1 && x.ColStride == 1 && m.RowStride == x.RowStride && stride > 0 {
		// Column of x's origin counted from m's origin, within a row.
		column := ((xBegin-begin)/4%stride + stride) % stride
		if xBegin < begin {
			column = (stride - (begin-xBegin)/4%stride) % stride
		}
		if int(column) >= m.Cols && int(column)+x.Cols <= m.RowStride {
			return
		}
	}
	panic(badOverlap)
}

// rowMajor is the view, transposed or not, that has contiguous rows, if there is one.
func (m Mat) rowMajor() Mat {
	if m.ColStride != 1 && m.RowStride == 1 {
		return m.T()
	}
	return m
}

// extent is the range of addresses from the first to behind the last element.
func (m Mat) extent() (begin, end uintptr) {
	begin = uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
	return begin, begin + 4*uintptr((m.Rows-1)*m.RowStride+(m.Cols-1)*m.ColStride+1)
}
