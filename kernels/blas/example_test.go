package blas_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas32"

	"github.com/mnist-fast/mnist-fast/kernels/blas"
)

// gonum's blas32, computed by the kernels.
func Example() {
	blas32.Use(&blas.Implementation{})

	a := blas32.General{Rows: 2, Cols: 3, Stride: 3, Data: []float32{
		1, 2, 3,
		4, 5, 6,
	}}
	b := blas32.General{Rows: 2, Cols: 3, Stride: 3, Data: []float32{
		1, 0, 1,
		0, 1, 1,
	}}
	c := blas32.General{Rows: 2, Cols: 2, Stride: 2, Data: make([]float32, 4)}
	blas32.Gemm(blas.NoTrans, blas.Trans, 1, a, b, 0, c) // c = a·bᵀ
	fmt.Println(c.Data)
	// Output: [4 5 10 11]
}

// Without blas32, on a block of a larger matrix: its rows are lda apart.
func ExampleImplementation_Sgemm() {
	var impl blas.Implementation
	const lda = 4
	a := []float32{
		0, 1, 2, 0,
		0, 3, 4, 0,
	}
	b := []float32{
		10, 1,
		10, 0,
	}
	c := []float32{
		1, 1,
		1, 1,
	}
	impl.Sgemm(blas.NoTrans, blas.NoTrans, 2, 2, 2, 1, a[1:], lda, b, 2, 100, c, 2) // c = a·b + 100·c
	fmt.Println(c)
	// Output: [130 101 170 103]
}
