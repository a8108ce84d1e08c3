package score

import (
	"math"
	"reflect"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

func TestReport(t *testing.T) {
	nan := float32(math.NaN())
	outputs := kernels.Mat{Rows: 6, Cols: 3, RowStride: 3, ColStride: 1, Data: []float32{
		0.8, 0.1, 0.1, // of class 0: right
		0.1, 0.6, 0.3, // 0: third
		0.4, 0.4, 0.2, // 1: a tie, which the lower class wins
		0.1, 0.7, 0.2, // 1: right
		0.2, 0.1, nan, // 1: third, taken for 0
		nan, nan, nan, // 0: nothing
	}}
	r := New(outputs, []uint8{0, 0, 1, 1, 1, 0})
	if want := [][]int{{1, 1, 0}, {2, 1, 0}, {0, 0, 0}}; !reflect.DeepEqual(r.Confusion, want) {
		t.Errorf("confusion %v, want %v", r.Confusion, want)
	}
	for k, want := range []float64{2. / 6, 3. / 6, 5. / 6} {
		if math.Abs(r.TopK[k]-want) > 1e-12 {
			t.Errorf("top %d: %v, want %v", k+1, r.TopK[k], want)
		}
	}
	same := func(name string, got, want Class) {
		t.Helper()
		d := math.Abs(got.Precision-want.Precision) + math.Abs(got.Recall-want.Recall) + math.Abs(got.F1-want.F1)
		if !(d < 1e-12) || got.Samples != want.Samples {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	same("class 0", r.Classes[0], Class{1. / 3, 1. / 3, 1. / 3, 3})
	same("class 1", r.Classes[1], Class{1. / 2, 1. / 3, 2. / 5, 3})
	same("class 2", r.Classes[2], Class{})
	same("mean", r.Mean(), Class{5. / 12, 1. / 3, 11. / 30, 6})
	same("mean of nothing", Report{}.Mean(), Class{})
}
