package kernels

import "unsafe"

// A place is where a matrix lies, its size left out: element (i, j) is i·rs + j·cs
// elements from at. It is what a Mat becomes once it has been checked.
type place struct {
	at     *float32
	rs, cs int
}

// place is where the matrix lies from element (i, j) on.
func (m *Mat) place(i, j int) place { return place{m.at(i, j), m.RowStride, m.ColStride} }

// from is the place from element (i, j) on.
func (l place) from(i, j int) place { return place{l.element(i, j), l.rs, l.cs} }

func (l place) element(i, j int) *float32 { return offset(l.at, i*l.rs+j*l.cs) }

func (l place) t() place { return place{l.at, l.cs, l.rs} }

// offset is the address of the n-th element from at.
func offset(at *float32, n int) *float32 {
	return (*float32)(unsafe.Add(unsafe.Pointer(at), 4*n))
}

// move computes dst = α·src for matrices of rows × cols, not overlapping unless
// they are the same.
func (k *Core) move(dst, src place, rows, cols int, alpha float32) {
	if dst.cs != 1 && dst.rs == 1 {
		dst, src, rows, cols = dst.t(), src.t(), cols, rows
	}
	switch {
	case dst.cs == 1 && src.cs == 1:
		k.set.Copy(rows, cols, dst.at, dst.rs, src.at, src.rs, alpha, 0)
	case dst.cs == 1 && src.rs == 1:
		k.set.Transpose(cols, rows, dst.at, dst.rs, src.at, src.cs, alpha, 0)
	default:
		for i := range rows {
			for j := range cols {
				*dst.element(i, j) = alpha * *src.element(i, j)
			}
		}
	}
}
