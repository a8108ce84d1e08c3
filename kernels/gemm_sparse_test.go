package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// sparseOf makes a matrix of which that share is not zero, in both forms.
func sparseOf(rnd *rand.Rand, rows, cols int, share float64) (kernels.Mat, *kernels.Sparse) {
	m, rowNumbers := kernels.NewMat(rows, cols), make([]int, rows)
	for i := range m.Data {
		if rnd.Float64() < share {
			m.Data[i] = float32(rnd.NormFloat64())
		}
	}
	for i := range rowNumbers {
		rowNumbers[i] = i
	}
	var s kernels.SparseParts
	s.Reset(rows, cols, cols)
	kernels.NewCore(kernels.Generic).GatherFloats(&s, 0, rows, m, rowNumbers)
	x, _, _ := s.Part(0)
	return m, x
}

func normal(rnd *rand.Rand, n int) []float32 {
	xs := make([]float32, n)
	for i := range xs {
		xs[i] = float32(rnd.NormFloat64())
	}
	return xs
}

// The product of a sparse matrix, or of its transpose, has the bits of Gemm, panel
// by panel, on every tier.
func TestGemmSparseMatchesGemm(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(21, 22))
		for range suite.Rounds(150) {
			m, depth, width, count := 1+rnd.IntN(40), 1+rnd.IntN(60), 1+rnd.IntN(50), 1+rnd.IntN(4)
			dense, a := sparseOf(rnd, m, depth, rnd.Float64())
			if rnd.IntN(2) == 0 {
				dense, a = dense.T(), transposed(a)
				m, depth = depth, m
			}
			b := kernels.Panels{Mat: kernels.View(normal(rnd, count*depth*width), depth, width), Count: count, Step: depth * width}
			c := kernels.Panels{Mat: kernels.Mat{Data: normal(rnd, m*count*width), Rows: m, Cols: width, RowStride: count * width, ColStride: 1}, Count: count, Step: width}
			want := slices.Clone(c.Data)
			for p := range count {
				bp := kernels.View(b.Data[p*b.Step:], depth, width)
				cp := kernels.Mat{Data: want[p*width:], Rows: m, Cols: width, RowStride: count * width, ColStride: 1}
				k.Gemm(1, dense, bp, 1, cp, kernels.Epilogue{})
			}
			k.GemmSparse(a, b, c)
			suite.RequireSame(t, fmt.Sprintf("%d × %d × %d panels of %d", m, depth, count, width), c.Data, want)
		}
	})
}

func transposed(s *kernels.Sparse) *kernels.Sparse {
	var t kernels.Sparse
	s.TransposeTo(&t)
	return &t
}

// Bytes and the numbers that they stand for make the same matrix, in parts of any
// width, and so does its transpose's transpose.
func TestSparseParts(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(23, 24))
		var fromBytes, fromFloats kernels.SparseParts // used again and again
		for cols := 1; cols < 40; cols++ {
			const samples = 7
			data, floats := make([]uint8, samples*cols), kernels.NewMat(samples, cols)
			for i := range data {
				data[i] = uint8(rnd.IntN(256) * rnd.IntN(2))
				floats.Data[i] = float32(data[i]) / 255
			}
			rows := rnd.Perm(samples)
			width, cut := 1+rnd.IntN(cols), rnd.IntN(samples+1)
			fromBytes.Reset(samples, cols, width)
			fromFloats.Reset(samples, cols, width)
			for _, r := range [][2]int{{cut, samples}, {0, cut}} { // in any order
				k.GatherBytes(&fromBytes, r[0], r[1], data, rows, 255)
				k.GatherFloats(&fromFloats, r[0], r[1], floats, rows)
			}
			for p := range fromBytes.Parts() {
				x, begin, end := fromBytes.Part(p)
				want := kernels.NewMat(samples, end-begin)
				for i, r := range rows {
					copy(want.Row(i), floats.Row(r)[begin:end])
				}
				y, _, _ := fromFloats.Part(p)
				suite.RequireSame(t, "bytes", denseOf(k, x, samples, end-begin), want.Data)
				suite.RequireSame(t, "floats", denseOf(k, y, samples, end-begin), want.Data)
				suite.RequireSame(t, "transposed twice", denseOf(k, transposed(transposed(x)), samples, end-begin), want.Data)
			}
		}
	})
}

// denseOf are the elements of s: it times the identity.
func denseOf(k *kernels.Core, s *kernels.Sparse, rows, cols int) []float32 {
	b, c := kernels.NewMat(cols, cols), kernels.NewMat(rows, cols)
	for j := range cols {
		b.Set(j, j, 1)
	}
	k.GemmSparse(s, kernels.Panels{Mat: b, Count: 1}, kernels.Panels{Mat: c, Count: 1})
	return c.Data
}

func TestGemmSparseMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Best())
	_, a := sparseOf(rand.New(rand.NewPCG(1, 2)), 3, 4, 0.5)
	panels := func(rows, cols, count int) kernels.Panels {
		return kernels.Panels{Mat: kernels.View(make([]float32, rows*cols*count), rows, cols), Count: count, Step: rows * cols}
	}
	good := panels(4, 5, 1)
	requirePanic(t, "columns of a", badShape, func() { k.GemmSparse(a, panels(3, 5, 1), panels(3, 5, 1)) })
	requirePanic(t, "rows of a", badShape, func() { k.GemmSparse(a, good, panels(4, 5, 1)) })
	requirePanic(t, "width", badShape, func() { k.GemmSparse(a, good, panels(3, 6, 1)) })
	requirePanic(t, "panels", badShape, func() { k.GemmSparse(a, panels(4, 5, 2), panels(3, 5, 1)) })
	requirePanic(t, "no panels", badShape, func() { k.GemmSparse(a, kernels.Panels{Mat: good.Mat}, kernels.Panels{Mat: panels(3, 5, 1).Mat}) })
	requirePanic(t, "overlap", badOverlap, func() {
		k.GemmSparse(a, good, kernels.Panels{Mat: kernels.View(good.Data[5:], 3, 5), Count: 1})
	})
	short := panels(4, 5, 2)
	short.Data = short.Data[:39]
	requirePanic(t, "short", badMat, func() { k.GemmSparse(a, short, panels(3, 5, 2)) })
	shared := panels(3, 5, 2)
	shared.Step = 4
	requirePanic(t, "panels of c that overlap", badOutput, func() { k.GemmSparse(a, panels(4, 5, 2), shared) })
	var parts kernels.SparseParts
	requirePanic(t, "no width", badShape, func() { parts.Reset(1, 1, 0) })
	requirePanic(t, "too wide", badShape, func() { parts.Reset(1, 1<<20, 1<<20) })
	requirePanic(t, "too many", badShape, func() { parts.Reset(1<<20, 1<<20, 8) })
	requirePanic(t, "negative", badShape, func() { parts.Reset(-1, 1, 1) })
	parts.Reset(1, 4, 4)
	m := kernels.NewMat(8, 4)
	requirePanic(t, "rows that are not contiguous", badRow, func() { k.GatherFloats(&parts, 0, 1, m.Slice(0, 4, 0, 4).T(), []int{0}) })
	requirePanic(t, "no such row", badSlice, func() { k.GatherFloats(&parts, 0, 1, m.Slice(0, 4, 0, 4), []int{4}) })
}
