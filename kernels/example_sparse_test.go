package kernels_test

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A matrix with few elements that are not zero times a dense one.
func ExampleCore_GemmSparse() {
	var a kernels.Sparse
	a.Reset(3)
	a.AppendFloats([]float32{0, 2, 0})
	a.AppendFloats([]float32{1, 0, 10})
	b := kernels.View([]float32{
		1, 2,
		3, 4,
		5, 6}, 3, 2)
	c := kernels.NewMat(2, 2)
	k := kernels.NewCore(kernels.Best())
	k.GemmSparse(&a, kernels.Panels{Mat: b, Count: 1}, kernels.Panels{Mat: c, Count: 1})
	fmt.Println(c.Row(0), c.Row(1))
	// Output: [6 8] [51 62]
}
