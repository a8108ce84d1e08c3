package kernels_test

import (
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// What looks like misuse but is none: operands in one memory that do not touch,
// inputs that share or repeat theirs, and nothing at all.
func TestGemmTakesOperandsThatAreApart(t *testing.T) {
	buf := make([]float32, 12*20)
	whole := kernels.View(buf, 12, 20)
	for _, x := range []struct {
		name    string
		a, b, c kernels.Mat
		bias    []float32
	}{
		{"column blocks", whole.Slice(0, 9, 0, 6), whole.Slice(0, 6, 6, 11), whole.Slice(2, 11, 11, 16), nil},
		{"column blocks of c transposed", whole.Slice(0, 5, 0, 6), whole.Slice(0, 6, 6, 15), whole.Slice(1, 10, 15, 20).T(), nil},
		{"column blocks of a and b transposed", whole.Slice(0, 6, 0, 9).T(), whole.Slice(0, 5, 9, 15).T(), whole.Slice(0, 9, 15, 20), nil},
		{"row blocks", whole.Slice(0, 3, 0, 4), whole.Slice(3, 7, 0, 20), whole.Slice(7, 10, 0, 20), whole.Row(10)},
		{"row blocks transposed", whole.Slice(0, 3, 0, 20), whole.Slice(3, 6, 0, 20).T(), whole.Slice(6, 9, 0, 3).T(), nil},
		{"single columns", whole.Slice(0, 12, 3, 4), whole.Slice(2, 3, 5, 12), whole.Slice(0, 12, 12, 19), nil},
		{"even and odd rows", kernels.Mat{Data: buf, Rows: 6, Cols: 6, RowStride: 40, ColStride: 1},
			kernels.Mat{Data: buf[8:], Rows: 6, Cols: 6, RowStride: 40, ColStride: 1},
			kernels.Mat{Data: buf[20:], Rows: 6, Cols: 6, RowStride: 40, ColStride: 1}, nil},
		{"one input twice", whole.Slice(0, 6, 0, 6), whole.Slice(0, 6, 0, 6).T(), whole.Slice(0, 6, 6, 12), buf[:6]},
		{"a repeated row", kernels.Mat{Data: buf, Rows: 4, Cols: 6, ColStride: 1}, whole.Slice(1, 7, 0, 5), whole.Slice(7, 11, 0, 5), nil},
		{"a repeated number", kernels.Mat{Data: buf, Rows: 4, Cols: 6}, whole.Slice(1, 7, 0, 5), whole.Slice(7, 11, 0, 5), nil},
		{"overlapping rows of an input", kernels.Mat{Data: buf, Rows: 4, Cols: 6, RowStride: 2, ColStride: 1}, whole.Slice(1, 7, 0, 5), whole.Slice(7, 11, 0, 5), nil},
		{"no rows", whole.Slice(2, 2, 0, 4), whole.Slice(0, 4, 0, 5), kernels.Mat{Cols: 5, RowStride: 3}, nil},
		{"no columns", whole.Slice(0, 3, 0, 4), whole.Slice(0, 4, 7, 7), kernels.Mat{Rows: 3}, []float32{}},
		{"no depth", whole.Slice(0, 3, 9, 9), whole.Slice(4, 4, 0, 5), whole.Slice(0, 3, 0, 5), buf[200:205]},
		{"nothing", kernels.Mat{}, kernels.Mat{}, kernels.Mat{}, nil},
		{"a single element", whole.Slice(0, 1, 0, 1), whole.Slice(0, 1, 1, 2), kernels.Mat{Data: buf[2:], Rows: 1, Cols: 1}, nil},
	} {
		for _, beta := range []float32{0, 1, 0.5} {
			for i := range buf {
				buf[i] = float32(i%23) - 11
			}
			// The same views of a copy take the result of the definition.
			expected := slices.Clone(buf)
			if len(x.c.Data) > 0 {
				c := x.c
				c.Data = expected[cap(buf)-cap(c.Data):]
				define(gemmCase{alpha: 1, beta: beta}, x.a, x.b, c, x.bias)
			}
			kernels.NewCore(kernels.Best()).Gemm(1, x.a, x.b, beta, x.c, kernels.Epilogue{Bias: x.bias})
			suite.RequireSame(t, x.name, buf, expected)
		}
	}
}

// A matrix kernel works on blocks of one matrix, and leaves the rest alone.
func TestSoftmaxOnBlocksOfOneMatrix(t *testing.T) {
	whole := kernels.NewMat(4, 20)
	for i := range whole.Data {
		whole.Data[i] = float32(i % 7)
	}
	before := slices.Clone(whole.Data)
	x, y := whole.Slice(0, 4, 0, 10), whole.Slice(0, 4, 10, 19)
	k := kernels.NewCore(kernels.Best())
	k.Softmax(y, x.Slice(0, 4, 1, 10))
	for i := range whole.Rows {
		suite.RequireSame(t, "x", x.Row(i), before[20*i:20*i+10])
		suite.RequireSame(t, "the last column", whole.Row(i)[19:], before[20*i+19:20*i+20])
		if whole.At(i, 10) == before[20*i+10] {
			t.Errorf("row %d is as before", i)
		}
	}
}

// Nothing is called for, whether nil or empty, wherever it lies.
func TestVectorKernelsOfNothing(t *testing.T) {
	k := kernels.NewCore(kernels.Best())
	buf := make([]float32, 5)
	for _, c := range slices.Concat(maps, optimizers) {
		for _, nothing := range [][]float32{nil, {}, buf[2:2]} {
			c.call(k, slices.Repeat([][]float32{nothing}, c.streams))
		}
	}
	k.Pixels(nil, nil, 255)
	for _, r := range reductions {
		if got := r.call(k, nil, nil); got != 0 {
			t.Errorf("%s of nothing is %v", r.name, got)
		}
	}
}
