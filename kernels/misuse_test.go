package kernels_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// The messages of misuse, word for word: programs may show them to people.
const (
	badMat     = "kernels: matrix reaches beyond its data, or has a negative size or stride"
	badOutput  = "kernels: output matrix has elements that share memory"
	badOverlap = "kernels: output overlaps an input"
	badShape   = "kernels: shapes do not fit together"
	badLength  = "kernels: slices differ in length"
	badSlice   = "kernels: slice outside of the matrix"
	badRow     = "kernels: rows are not contiguous"
)

func requirePanic(t *testing.T, name, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != any(want) {
			t.Errorf("%s: panic %v, want %s", name, got, want)
		}
	}()
	f()
}

func TestGemmRefusesMisuse(t *testing.T) {
	const huge = math.MaxInt/2 + 1
	buf := make([]float32, 100)
	at := func(i, rows, cols, rs, cs int) kernels.Mat {
		return kernels.Mat{Data: buf[i:], Rows: rows, Cols: cols, RowStride: rs, ColStride: cs}
	}
	short := func(m kernels.Mat, n int) kernels.Mat { m.Data = m.Data[:n]; return m }
	// Fit and apart: 2 × 3 times 3 × 4.
	a, b, c := at(0, 2, 3, 3, 1), at(20, 3, 4, 4, 1), at(40, 2, 4, 4, 1)
	for _, x := range []struct {
		name, want string
		a, b, c    kernels.Mat
		bias       []float32
	}{
		{"short a", badMat, short(a, 5), b, c, nil},
		{"short b", badMat, a, short(b, 11), c, nil},
		{"short c", badMat, a, b, short(c, 7), nil},
		{"no data", badMat, short(a, 0), b, c, nil},
		{"negative rows", badMat, at(0, -2, 3, 3, 1), b, at(40, -2, 4, 4, 1), nil},
		{"negative columns", badMat, a, at(20, 3, -4, 4, 1), at(40, 2, -4, 4, 1), nil},
		{"negative depth", badMat, at(0, 2, -3, 3, 1), at(20, -3, 4, 4, 1), c, nil},
		{"negative row stride", badMat, at(9, 2, 3, -3, 1), b, c, nil},
		{"negative column stride", badMat, a, at(30, 3, 4, 4, -1), c, nil},
		{"negative stride of c", badMat, a, b, at(50, 2, 4, -4, 1), nil},
		{"a stride that overflows", badMat, at(0, 3, 3, huge, 1), b, c, nil},
		{"strides that overflow together", badMat, at(0, 2, 2, huge, huge), b, c, nil},
		{"rows of a and c", badShape, at(0, 3, 3, 3, 1), b, c, nil},
		{"columns of b and c", badShape, a, at(20, 3, 3, 3, 1), c, nil},
		{"columns of a, rows of b", badShape, a, at(20, 4, 4, 4, 1), c, nil},
		{"short bias", badShape, a, b, c, buf[60:63]},
		{"long bias", badShape, a, b, c, buf[60:65]},
		{"empty bias", badShape, a, b, c, buf[60:60]},
		{"rows of c are one", badOutput, a, b, at(40, 2, 4, 0, 1), nil},
		{"columns of c are one", badOutput, a, b, at(40, 2, 4, 4, 0), nil},
		{"rows of c overlap", badOutput, a, b, at(40, 2, 4, 3, 1), nil},
		{"columns of c overlap", badOutput, a, b, at(40, 2, 4, 2, 1), nil},
		{"c begins in a", badOverlap, a, b, at(5, 2, 4, 4, 1), nil},
		{"c ends in b", badOverlap, a, b, at(13, 2, 4, 4, 1), nil},
		{"c is b", badOverlap, at(0, 3, 3, 3, 1), b, at(20, 3, 4, 4, 1), nil},
		{"c is b transposed", badOverlap, at(0, 4, 3, 3, 1), at(20, 3, 4, 1, 3), at(20, 4, 4, 4, 1), nil},
		{"columns of c reach into those of a", badOverlap, at(40, 2, 3, 10, 1), b, at(42, 2, 4, 10, 1), nil},
		{"columns of c wrap around into those of a", badOverlap, at(40, 2, 3, 6, 1), b, at(43, 2, 4, 6, 1), nil},
		{"c holds the bias", badOverlap, a, b, c, buf[44:48]},
		{"c reaches into the bias", badOverlap, a, b, c, buf[47:51]},
	} {
		team := kernels.NewTeam(kernels.Best(), 2)
		for _, g := range []gemmer{kernels.NewCore(kernels.Best()), team} {
			requirePanic(t, x.name, x.want, func() { g.Gemm(1, x.a, x.b, 0, x.c, kernels.Epilogue{Bias: x.bias}) })
		}
		team.Close()
	}
	if slices.ContainsFunc(buf, func(x float32) bool { return x != 0 }) {
		t.Error("a refused call has written")
	}
}

func TestTeamRefusesMisuse(t *testing.T) {
	team := kernels.NewTeam(kernels.Best(), 2)
	nothing := func(int, *kernels.Core) {}
	for range 2 {
		requirePanic(t, "in a task", "kernels: the team is at work", func() {
			team.Run(func(int, *kernels.Core) { team.Run(nothing) })
		})
	}
	team.Run(nothing)
	team.Close()
	requirePanic(t, "closed", "kernels: the team is closed", func() { team.Run(nothing) })
}

func TestVectorKernelsRefuseMisuse(t *testing.T) {
	const n = 9
	buf := make([]float32, 8*n)
	k := kernels.NewCore(kernels.Best())
	apart := func(streams int) [][]float32 {
		var v [][]float32
		for s := range streams {
			v = append(v, buf[2*s*n:2*s*n+n])
		}
		return v
	}
	for _, c := range slices.Concat(maps, optimizers) {
		for s := range c.streams {
			v := apart(c.streams)
			v[s] = v[s][:n-1]
			requirePanic(t, fmt.Sprintf("%s, stream %d short", c.name, s), badLength, func() { c.call(k, v) })
			v[s] = nil
			requirePanic(t, fmt.Sprintf("%s, stream %d nil", c.name, s), badLength, func() { c.call(k, v) })
			if s == 0 {
				continue
			}
			for _, shift := range []int{-n + 1, -1, 1, n - 1} {
				v = apart(c.streams)
				v[0], v[s] = buf[n:2*n], buf[n+shift:2*n+shift]
				requirePanic(t, fmt.Sprintf("%s, stream %d from element %d of 0", c.name, s, shift), badOverlap, func() { c.call(k, v) })
			}
		}
	}
	for _, c := range optimizers {
		for s := range c.streams {
			for r := range s {
				v := apart(c.streams)
				v[s] = v[r]
				requirePanic(t, fmt.Sprintf("%s, streams %d and %d", c.name, r, s), badOverlap, func() { c.call(k, v) })
			}
		}
	}
	requirePanic(t, "Pixels", badLength, func() { k.Pixels(buf[:3], make([]uint8, 4), 255) })
	requirePanic(t, "Dot", badLength, func() { k.Dot(buf[:3], buf[:4]) })
	requirePanic(t, "Distance", badLength, func() { k.Distance(buf[:1], nil) })
}

func TestMatrixKernelsRefuseMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Best())
	m, other := kernels.NewMat(3, 4), kernels.NewMat(3, 4)
	square := kernels.NewMat(3, 3)
	wide := kernels.NewMat(3, 9)
	left, shifted := wide.Slice(0, 3, 0, 4), wide.Slice(0, 3, 3, 7)
	short, repeated, negative := m, m, m
	short.Data = m.Data[:11]
	repeated.RowStride = 0
	negative.RowStride = -4
	loss := make([]float32, 3)
	apart := kernels.NewMat(3, 4) // from all others

	for _, x := range []struct {
		name, want string
		out, in    kernels.Mat
	}{
		{"short output", badMat, short, other},
		{"short input", badMat, other, short},
		{"negative stride", badMat, other, negative},
		{"other shape", badShape, other, square},
		{"transposed shape", badShape, kernels.NewMat(4, 3), m},
		{"repeated rows", badOutput, repeated, other},
		{"overlap in part", badOverlap, left, shifted},
		{"overlap of a row", badOverlap, wide.Slice(0, 2, 0, 4), wide.Slice(1, 3, 0, 4)},
		{"columns", badRow, kernels.NewMat(4, 3).T(), m},
		{"columns of the input", badRow, m, kernels.NewMat(4, 3).T()},
	} {
		spare := apart.Slice(0, x.in.Rows, 0, x.in.Cols)
		losses := loss[:x.in.Rows]
		for name, call := range map[string]func(){
			"Softmax":                  func() { k.Softmax(x.out, x.in) },
			"SoftmaxGrad dy":           func() { k.SoftmaxGrad(x.out, x.in, spare) },
			"SoftmaxGrad y":            func() { k.SoftmaxGrad(x.out, spare, x.in) },
			"SoftmaxCrossEntropy z":    func() { k.SoftmaxCrossEntropy(losses, x.out, x.in, spare, 1) },
			"SoftmaxCrossEntropy t":    func() { k.SoftmaxCrossEntropy(losses, x.out, spare, x.in, 1) },
			"SoftmaxCrossEntropy dz=z": func() { k.SoftmaxCrossEntropy(losses, x.out, x.out, x.in, 1) },
		} {
			requirePanic(t, name+": "+x.name, x.want, call)
		}
	}

	for _, x := range []struct {
		name, want string
		call       func()
	}{
		{"SoftmaxCrossEntropy, short loss", badLength, func() { k.SoftmaxCrossEntropy(loss[:2], m, m, other, 1) }},
		{"SoftmaxCrossEntropy, dz is t", badOverlap, func() { k.SoftmaxCrossEntropy(loss, m, other, m, 1) }},
		{"SoftmaxCrossEntropy, loss in dz", badOverlap, func() { k.SoftmaxCrossEntropy(m.Data[4:7], m, m, other, 1) }},
		{"SoftmaxCrossEntropy, loss in z", badOverlap, func() { k.SoftmaxCrossEntropy(other.Data[:3], m, other, apart, 1) }},
		{"SoftmaxCrossEntropy, loss in t", badOverlap, func() { k.SoftmaxCrossEntropy(other.Data[9:], m, m, other, 1) }},
		{"BiasAdd, short bias", badShape, func() { k.BiasAdd(m, loss) }},
		{"BiasAdd, short matrix", badMat, func() { k.BiasAdd(short, other.Row(0)) }},
		{"BiasAdd, repeated rows", badOutput, func() { k.BiasAdd(repeated, other.Row(0)) }},
		{"BiasAdd, columns", badRow, func() { k.BiasAdd(square.T(), loss) }},
		{"BiasAdd, bias is a row", badOverlap, func() { k.BiasAdd(m, m.Row(1)) }},
		{"BiasAdd, bias in part a row", badOverlap, func() { k.BiasAdd(m, m.Data[8:]) }},
		{"ColSum, long sum", badShape, func() { k.ColSum(make([]float32, 5), m) }},
		{"ColSum, short matrix", badMat, func() { k.ColSum(make([]float32, 4), short) }},
		{"ColSum, sum is a row", badOverlap, func() { k.ColSum(m.Row(2), m) }},
		{"NewMat, negative rows", badMat, func() { kernels.NewMat(-1, 4) }},
		{"NewMat, both negative", badMat, func() { kernels.NewMat(-2, -2) }},
		{"View, short data", badMat, func() { kernels.View(make([]float32, 11), 3, 4) }},
		{"View, negative columns", badMat, func() { kernels.View(nil, 3, -4) }},
		{"View, size that overflows", badMat, func() { kernels.View(loss, math.MaxInt/2+1, 4) }},
		{"Slice, negative row", badSlice, func() { m.Slice(-1, 2, 0, 4) }},
		{"Slice, rows reversed", badSlice, func() { m.Slice(2, 1, 0, 4) }},
		{"Slice, beyond the last row", badSlice, func() { m.Slice(0, 4, 0, 4) }},
		{"Slice, negative column", badSlice, func() { m.Slice(0, 3, -1, 4) }},
		{"Slice, columns reversed", badSlice, func() { m.Slice(0, 3, 3, 2) }},
		{"Slice, beyond the last column", badSlice, func() { m.Slice(0, 3, 0, 5) }},
		{"Row of columns", badRow, func() { m.T().Row(0) }},
		{"Row, negative", badSlice, func() { m.Row(-1) }},
		{"Row, beyond the last", badSlice, func() { m.Slice(0, 2, 0, 4).Row(2) }},
	} {
		requirePanic(t, x.name, x.want, x.call)
	}
}
