package kernels

import "testing"

// places is a set of elements of a small buffer, by their index.
type places uint64

// A layout is a matrix and what the checks should know of it.
type layout struct {
	Mat
	touches  places
	distinct bool // no two elements are one place
}

// smallLayouts lists the matrices of up to 3 × 3 with all small strides, at all
// places near the front of a buffer.
func smallLayouts(buf []float32) []layout {
	var all []layout
	for code := range 3 * 3 * 7 * 7 * 8 {
		digit := func(n int) int { d := code % n; code /= n; return d }
		m := Mat{Rows: 1 + digit(3), Cols: 1 + digit(3), RowStride: digit(7), ColStride: digit(7)}
		at := digit(8)
		m.Data = buf[at:]
		l := layout{Mat: m, distinct: true}
		for i := range m.Rows {
			for j := range m.Cols {
				place := places(1) << (at + i*m.RowStride + j*m.ColStride)
				l.distinct = l.distinct && l.touches&place == 0
				l.touches |= place
			}
		}
		all = append(all, l)
	}
	return all
}

func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// No overlap is missed, for every pair of an output and an input.
func TestCheckApartMissesNoOverlap(t *testing.T) {
	all := smallLayouts(make([]float32, 40))
	step := 1
	if testing.Short() {
		step = 41
	}
	for i, m := range all {
		if !m.distinct {
			continue
		}
		for j := i % step; j < len(all); j += step {
			if x := all[j]; m.touches&x.touches != 0 && !panics(func() { m.checkApart(&x.Mat) }) {
				t.Fatalf("%+v and %+v overlap", m.Mat, x.Mat)
			}
		}
	}
}

func TestCheckOutputMissesNoSharedElement(t *testing.T) {
	for _, m := range smallLayouts(make([]float32, 40)) {
		refused := panics(m.checkOutput)
		if !m.distinct && !refused {
			t.Errorf("%+v is taken for an output", m.Mat)
		}
		ordered := m.RowStride >= m.Cols && m.ColStride == 1 || m.ColStride >= m.Rows && m.RowStride == 1
		if ordered && refused {
			t.Errorf("%+v is refused as an output", m.Mat)
		}
	}
}

// An input is refused exactly where an element lies beyond its data.
func TestCheckInputKnowsTheLastElement(t *testing.T) {
	for _, m := range smallLayouts(make([]float32, 40)) {
		size := (m.Rows-1)*m.RowStride + (m.Cols-1)*m.ColStride + 1
		for n := range size + 2 {
			m.Data = m.Data[:n]
			if refused := panics(m.checkInput); refused != (n < size) {
				t.Fatalf("%d elements for %+v: refused is %v", n, m.Mat, refused)
			}
		}
	}
}

// Blocks of one matrix that share no rows or no columns are apart, whichever is
// seen transposed.
func TestCheckApartAcceptsBlocksOfOneMatrix(t *testing.T) {
	const rows, cols, stride = 4, 4, 5
	whole := Mat{make([]float32, rows*stride), rows, cols, stride, 1}
	type run struct{ begin, end int }
	var runs []run
	for begin := range rows {
		for end := begin + 1; end <= rows; end++ {
			runs = append(runs, run{begin, end})
		}
	}
	disjoint := func(x, y run) bool { return x.end <= y.begin || y.end <= x.begin }
	for _, r0 := range runs {
		for _, c0 := range runs {
			for _, r1 := range runs {
				for _, c1 := range runs {
					m := whole.Slice(r0.begin, r0.end, c0.begin, c0.end)
					x := whole.Slice(r1.begin, r1.end, c1.begin, c1.end)
					apart := disjoint(r0, r1) || disjoint(c0, c1)
					for _, pair := range [][2]Mat{{m, x}, {m.T(), x}, {m, x.T()}, {m.T(), x.T()}} {
						if refused := panics(func() { pair[0].checkApart(&pair[1]) }); refused == apart {
							t.Fatalf("rows %v and %v, columns %v and %v: refused is %v", r0, r1, c0, c1, refused)
						}
					}
				}
			}
		}
	}
}

func TestRowIsAViewOfItsElementsOnly(t *testing.T) {
	m := NewMat(3, 8).Slice(0, 3, 2, 5)
	for i := range m.Rows {
		row := m.Row(i)
		if len(row) != 3 || cap(row) != 3 || &row[0] != m.at(i, 0) {
			t.Errorf("row %d has length %d, capacity %d", i, len(row), cap(row))
		}
	}
}
