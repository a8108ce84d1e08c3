package kernels_test

import (
	"fmt"
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A layer of a neural network: y = max(0, x·w + bias).
func ExampleCore_Gemm() {
	k := kernels.NewCore(kernels.Auto)
	x := kernels.View([]float32{
		1, 2,
		3, 4,
	}, 2, 2)
	w := kernels.View([]float32{
		1, 0, -1,
		0, 1, -1,
	}, 2, 3)
	bias := []float32{0.5, 0.5, 0.5}

	y := kernels.NewMat(2, 3)
	k.Gemm(1, x, w, 0, y, kernels.Epilogue{Bias: bias, ReLU: true})
	fmt.Println(y.Row(0), y.Row(1))
	// Output: [1.5 2.5 0] [3.5 4.5 0]
}

// The gradient of its weights: dw += 0.5·xᵀ·dy.
func ExampleMat_T() {
	k := kernels.NewCore(kernels.Auto)
	x := kernels.View([]float32{
		1, 2,
		3, 4,
	}, 2, 2)
	dy := kernels.View([]float32{
		1, 0, 1,
		0, 1, 1,
	}, 2, 3)

	dw := kernels.View([]float32{10, 10, 10, 10, 10, 10}, 2, 3)
	k.Gemm(0.5, x.T(), dy, 1, dw, kernels.Epilogue{})
	fmt.Println(dw.Row(0), dw.Row(1))
	// Output: [10.5 11.5 12] [11 12 13]
}

// Two workers share a product; the bits are those of one.
func ExampleTeam_Gemm() {
	team := kernels.NewTeam(kernels.Auto, 2)
	defer team.Close()
	a, b := kernels.NewMat(300, 200), kernels.NewMat(200, 100)
	for i := range a.Data {
		a.Data[i] = float32(i%7) / 7
	}
	for i := range b.Data {
		b.Data[i] = float32(i%5) / 5
	}

	c, alone := kernels.NewMat(300, 100), kernels.NewMat(300, 100)
	team.Gemm(1, a, b, 0, c, kernels.Epilogue{})
	kernels.NewCore(kernels.Generic).Gemm(1, a, b, 0, alone, kernels.Epilogue{})
	fmt.Println(slices.Equal(c.Data, alone.Data))
	// Output: true
}

// Goroutines help to sum the rows of a matrix, if they come in time.
func ExampleCrew() {
	m := kernels.NewMat(1000, 300)
	for i := range m.Data {
		m.Data[i] = 1
	}
	sums := make([]float32, m.Rows)

	var crew kernels.Crew
	crew.Share(m.Rows, 3, func(row int) {
		for _, x := range m.Row(row) {
			sums[row] += x
		}
	})
	fmt.Println(sums[0], sums[999])
	// Output: 300 300
}

func ExampleMat_Slice() {
	m := kernels.View([]float32{
		1, 2, 3, 4,
		5, 6, 7, 8,
		9, 10, 11, 12,
	}, 3, 4)
	block := m.Slice(1, 3, 1, 3) // rows 1 and 2, columns 1 and 2
	block.Set(0, 0, 60)          // the same memory

	fmt.Println(block.Row(0), block.Row(1))
	fmt.Println(block.T().At(1, 0), m.At(1, 1))
	// Output:
	// [60 7] [10 11]
	// 7 60
}

func ExampleCore_Softmax() {
	k := kernels.NewCore(kernels.Auto)
	logits := kernels.View([]float32{
		0, 0, 0, 0,
		1, 2, 3, 1000,
	}, 2, 4)
	k.Softmax(logits, logits) // in place
	fmt.Println(logits.Row(0), logits.Row(1))
	// Output: [0.25 0.25 0.25 0.25] [0 0 0 1]
}

// A tier given by name, as by a flag of a command.
func ExampleChoose() {
	for _, name := range []string{"generic", "fastest"} {
		tier, err := kernels.Choose(name)
		if err != nil {
			fmt.Println("no such tier here:", name)
			continue
		}
		fmt.Println(kernels.NewCore(tier).Tier())
	}
	// Output:
	// generic
	// no such tier here: fastest
}

// Weights that are used again and again are re-ordered once.
func ExampleCore_GemmPacked() {
	k := kernels.NewCore(kernels.Auto)
	weights := kernels.View([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	var packed kernels.Packed
	k.Pack(&packed, weights)

	c := kernels.NewMat(1, 2)
	for _, x := range [][]float32{{1, 0, 0}, {1, 1, 1}} {
		k.GemmPacked(1, kernels.View(x, 1, 3), &packed, 0, c, kernels.Epilogue{})
		fmt.Println(c.Data)
	}
	// Output:
	// [1 2]
	// [9 12]
}
