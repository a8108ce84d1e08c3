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
	m, s := kernels.NewMat(rows, cols), new(kernels.Sparse)
	for i := range m.Data {
		if rnd.Float64() < share {
			m.Data[i] = float32(rnd.NormFloat64())
		}
	}
	s.Reset(cols)
	for i := range rows {
		s.AppendFloats(m.Row(i))
	}
	return m, s
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

// Bytes and the numbers that they stand for make the same matrix, and so does its
// transpose's transpose.
func TestSparseFromBytes(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(23, 24))
		for cols := range 40 {
			var fromBytes, fromFloats kernels.Sparse
			fromBytes.Reset(cols)
			fromFloats.Reset(cols)
			for range 5 {
				bytes, floats := make([]uint8, cols), make([]float32, cols)
				for j := range bytes {
					bytes[j] = uint8(rnd.IntN(256) * rnd.IntN(2))
					floats[j] = float32(bytes[j]) / 255
				}
				k.AppendBytes(&fromBytes, bytes, 255)
				fromFloats.AppendFloats(floats)
			}
			one := func(s *kernels.Sparse) []float32 { // times the identity
				b, c := kernels.NewMat(cols, cols), kernels.NewMat(5, cols)
				for j := range cols {
					b.Set(j, j, 1)
				}
				k.GemmSparse(s, kernels.Panels{Mat: b, Count: 1}, kernels.Panels{Mat: c, Count: 1})
				return c.Data
			}
			suite.RequireSame(t, "bytes", one(&fromBytes), one(&fromFloats))
			suite.RequireSame(t, "transposed twice", one(transposed(transposed(&fromBytes))), one(&fromBytes))
		}
	})
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
	requirePanic(t, "a row too short", badShape, func() { a.AppendFloats(make([]float32, 3)) })
	requirePanic(t, "too wide", badShape, func() { a.Reset(1 << 20) })
}
