package kernels_test

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A matrix with few elements that are not zero times a dense one.
func ExampleCore_GemmSparse() {
	var parts kernels.SparseParts
	parts.Reset(2, 3, 3)
	k := kernels.NewCore(kernels.Best())
	k.GatherFloats(&parts, 0, 2, kernels.View([]float32{
		0, 2, 0,
		1, 0, 10}, 2, 3), []int{0, 1})
	a, _, _ := parts.Part(0)
	b := kernels.View([]float32{
		1, 2,
		3, 4,
		5, 6}, 3, 2)
	c := kernels.NewMat(2, 2)
	k.GemmSparse(a, kernels.Panels{Mat: b, Count: 1}, kernels.Panels{Mat: c, Count: 1})
	fmt.Println(c.Row(0), c.Row(1))
	// Output: [6 8] [51 62]
}
