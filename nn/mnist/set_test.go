package mnist

import "testing"

func TestSliceSharesMemory(t *testing.T) {
	s := Set{Images: make([]uint8, 4*6), Labels: []uint8{0, 1, 2, 3}, Height: 2, Width: 3}
	part := s.Slice(1, 3)
	checkSet(t, "part", part, 2, 2, 3)
	part.Images[0], part.Labels[0] = 7, 8
	if s.Images[6] != 7 || s.Labels[1] != 8 {
		t.Error("a change of the part is not one of the whole")
	}
}

func TestZeroSetIsEmpty(t *testing.T) {
	var s Set
	if s.Len() != 0 || s.Features() != 0 || s.Slice(0, 0).Len() != 0 {
		t.Errorf("%d images of %d pixels", s.Len(), s.Features())
	}
}
