package nn

import (
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Zeros are left out of a batch also where its samples are some of a table's.
func TestChosenRowsAreReadAsSparse(t *testing.T) {
	const pixels, samples = 64, 12
	m, err := NewSequential(pixels, 1, Dense{Units: 16, Activation: ReLU}, Dense{Units: 2, Activation: Softmax})
	if err != nil {
		t.Fatal(err)
	}
	x := Bytes{make([]uint8, samples*pixels), pixels, 255}
	for i := range samples {
		x.Data[i*pixels+i] = 255
	}
	core, f := kernels.NewCore(kernels.Auto), newSoloFlow(m, samples)
	part := chosen{chosen{x, []int{1, 2, 3, 5, 7, 8, 9, 11}}, []int{0, 2, 3, 4, 5, 7}}
	f.gatherAlone(core, Dataset{X: part}, []int{5, 0, 1, 2, 3})
	if !f.zeros {
		t.Error("the batch is dense")
	}
	if want := []int{11, 1, 3, 5, 7}; !slices.Equal(f.inWhole[:5], want) {
		t.Errorf("rows %v, want %v", f.inWhole[:5], want)
	}
}
