package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A gemmCase is one call of Gemm, made from a seed.
type gemmCase struct {
	m, k, n             int
	formA, formB, formC form
	alpha, beta         float32
	bias, relu          bool
	seed                uint64
	side                guard.Side
}

// A form says how a matrix lies in memory.
type form int

const (
	rowMajor  form = iota
	colMajor       // the transpose of a row-major matrix
	padded         // row-major, with a gap behind each row
	scattered      // gaps between rows and between columns
	aliased        // row-major, with rows that fall into the same sets of a cache
	unsteady       // row-major, but with stride 0 along a dimension of one element
	forms
)

func (f form) strides(rows, cols int) (rs, cs int) {
	switch f {
	case rowMajor:
		return cols, 1
	case colMajor:
		return 1, rows
	case padded:
		return cols + 3, 1
	case aliased:
		return 1024, 1
	case unsteady:
		if rows > 1 {
			rs = cols
		}
		if cols > 1 {
			cs = 1
		}
		return rs, cs
	}
	return 2*cols + 1, 2
}

// matrix returns a matrix of that form whose Data ends, or begins, at a page
// that cannot be touched.
func matrix(tb testing.TB, rows, cols int, f form, side guard.Side, fill func() float32) kernels.Mat {
	rs, cs := f.strides(rows, cols)
	size := 0
	if rows > 0 && cols > 0 {
		size = (rows-1)*rs + (cols-1)*cs + 1
	}
	data := guard.Floats(tb, size, side)
	for i := range data {
		data[i] = fill()
	}
	return kernels.Mat{Data: data, Rows: rows, Cols: cols, RowStride: rs, ColStride: cs}
}

// define computes Gemm by its definition, element after element.
func define(c gemmCase, a, b kernels.Mat, out kernels.Mat, bias []float32) {
	for i := range out.Rows {
		for j := range out.Cols {
			s := float32(0)
			if c.beta == 1 {
				s = out.At(i, j)
			} else if c.beta != 0 {
				s = c.beta * out.At(i, j)
			}
			if bias != nil && c.beta == 0 {
				s = bias[j]
			} else if bias != nil {
				s += bias[j]
			}
			for p := range a.Cols {
				s = micro.FMA(float32(c.alpha*a.At(i, p)), b.At(p, j), s)
			}
			if c.relu && s <= 0 {
				s = 0
			}
			out.Set(i, j, s)
		}
	}
}

type gemmer interface {
	Gemm(alpha float32, a, b kernels.Mat, beta float32, c kernels.Mat, e kernels.Epilogue)
}

// check compares one call with the definition, bit for bit, gaps included.
func (c gemmCase) check(t *testing.T, g gemmer, number func(*rand.Rand) float32) {
	t.Helper()
	rnd := rand.New(rand.NewPCG(c.seed, 0))
	fill := func() float32 { return number(rnd) }
	a := matrix(t, c.m, c.k, c.formA, c.side, fill)
	b := matrix(t, c.k, c.n, c.formB, c.side, fill)
	got := matrix(t, c.m, c.n, c.formC, c.side, fill)
	var bias []float32
	if c.bias {
		bias = guard.Floats(t, c.n, c.side)
		for j := range bias {
			bias[j] = fill()
		}
	}
	want := got
	want.Data = slices.Clone(got.Data)
	wantA, wantB := slices.Clone(a.Data), slices.Clone(b.Data)

	g.Gemm(c.alpha, a, b, c.beta, got, kernels.Epilogue{Bias: bias, ReLU: c.relu})
	define(c, a, b, want, bias)
	suite.RequireSame(t, fmt.Sprintf("%+v: c", c), got.Data, want.Data)
	suite.RequireSame(t, "a", a.Data, wantA)
	suite.RequireSame(t, "b", b.Data, wantB)
}

func randomCase(rnd *rand.Rand) gemmCase {
	size := func() int { return []int{0, 1, 2, 5, 6, 7, 15, 16, 17, 31, 40, 97, 130}[rnd.IntN(13)] }
	depth := []int{0, 1, 2, 3, 4, 5, 8, 17, 64, 130, 300}
	return gemmCase{
		m: size(), n: size(), k: depth[rnd.IntN(len(depth))],
		formA: form(rnd.IntN(int(forms))), formB: form(rnd.IntN(int(forms))), formC: form(rnd.IntN(int(forms))),
		alpha: []float32{1, 1, -1, 0, 1.3}[rnd.IntN(5)], beta: []float32{0, 1, -0.7}[rnd.IntN(3)],
		bias: rnd.IntN(2) == 0, relu: rnd.IntN(2) == 0, seed: rnd.Uint64(), side: guard.Side(rnd.IntN(2)),
	}
}

func forTiers(t *testing.T, test func(t *testing.T, k *kernels.Core)) {
	for _, tier := range kernels.Tiers() {
		t.Run("tier="+tier.String(), func(t *testing.T) { test(t, kernels.NewCore(tier)) })
	}
}

// Gemm is its definition, bit for bit, for all shapes, strides and epilogues.
func TestGemmIsItsDefinition(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(1, 2))
		for range suite.Rounds(400) {
			randomCase(rnd).check(t, k, anyNumber)
		}
		// Larger than most blocks.
		for _, c := range []gemmCase{
			{m: 200, k: 800, n: 33, alpha: 1, bias: true, relu: true},
			{m: 150, k: 150, n: 150, formA: aliased, formB: aliased, alpha: 1, bias: true},
			{m: 13, k: 600, n: 50, formA: colMajor, alpha: 1, beta: 1},
			{m: 195, k: 3, n: 100, formB: colMajor, formC: colMajor, alpha: 2},
			{m: 2, k: 2, n: 2100, alpha: 1},
			{m: 1, k: 5, n: 1, formC: unsteady, alpha: 1, beta: 1, side: guard.After},
			{m: 1, k: 900, n: 3, formB: colMajor, formC: unsteady, alpha: 1, side: guard.After},
		} {
			c.check(t, k, anyNumber)
		}
	})
}

// Sums of small integers are exact in any order: an error here is not rounding.
func TestGemmExactOnIntegers(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(3, 4))
		for range suite.Rounds(60) {
			c := randomCase(rnd)
			c.alpha, c.beta = 1, 0
			c.check(t, k, func(r *rand.Rand) float32 { return float32(r.IntN(17) - 8) })
		}
	})
}

// The error stays below k·ε·Σ|a||b|, against float64.
func TestGemmAccuracy(t *testing.T) {
	const m, depth, n = 7, 784, 40
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(5, 6))
		fill := func() float32 { return float32(rnd.NormFloat64()) }
		a := matrix(t, m, depth, rowMajor, guard.After, fill)
		b := matrix(t, depth, n, rowMajor, guard.After, fill)
		c := kernels.NewMat(m, n)
		k.Gemm(1, a, b, 0, c, kernels.Epilogue{})
		for i := range m {
			for j := range n {
				var sum, abs float64
				for p := range depth {
					x := float64(a.At(i, p)) * float64(b.At(p, j))
					sum += x
					abs += math.Abs(x)
				}
				if err := math.Abs(float64(c.At(i, j)) - sum); err > depth*0x1p-24*abs {
					t.Fatalf("c[%d][%d] = %g, want %g: off by %g", i, j, c.At(i, j), sum, err)
				}
			}
		}
	})
}

// β = 0 overwrites NaN, and a NaN or an infinity in an operand reaches exactly
// the elements that depend on it.
func TestGemmCarriesNaN(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		a, b, c := kernels.NewMat(8, 20), kernels.NewMat(20, 18), kernels.NewMat(8, 18)
		for i := range c.Data {
			c.Data[i] = nan
		}
		k.Gemm(1, a, b, 0, c, kernels.Epilogue{})
		for i, v := range c.Data {
			if v != 0 {
				t.Fatalf("β = 0 left %v at element %d", v, i)
			}
		}
		a.Set(3, 5, nan)
		b.Set(7, 9, inf) // times a zero of a
		k.Gemm(1, a, b, 0, c, kernels.Epilogue{ReLU: true})
		for i := range 8 {
			for j := range 18 {
				if got, want := c.At(i, j) != c.At(i, j), i == 3 || j == 9; got != want {
					t.Fatalf("c[%d][%d] = %v", i, j, c.At(i, j))
				}
			}
		}
	})
}

// The bits do not depend on the number of workers, which take part in products of
// 8 million operations in any case.
func TestTeamGemmMatchesCore(t *testing.T) {
	numbers := []int{1, 2, 3, 8}
	if testing.Short() {
		numbers = []int{3}
	}
	for _, workers := range numbers {
		team := kernels.NewTeam(kernels.Best(), workers)
		for _, c := range []gemmCase{
			{m: 130, k: 400, n: 90, alpha: 1, bias: true, relu: true},
			{m: 60, k: 520, n: 140, alpha: 0.5, beta: 0.5, formB: colMajor},
			{m: 60, k: 250, n: 301, alpha: 1, bias: true},
			{m: 1, k: 2300, n: 950, alpha: 1, bias: true},
			{m: 5, k: 7, n: 3, alpha: 1, bias: true},
		} {
			c.check(t, team, anyNumber)
			c.check(t, packing{team}, anyNumber)
		}
		team.Close()
	}
}

func TestGemmAllocatesNothing(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		a, b, c := kernels.NewMat(32, 50), kernels.NewMat(40, 50), kernels.NewMat(32, 40)
		bias := make([]float32, 40)
		k.Gemm(2, a, b.T(), 0, c, kernels.Epilogue{Bias: bias})
		if n := testing.AllocsPerRun(5, func() {
			k.Gemm(2, a, b.T(), 0, c, kernels.Epilogue{Bias: bias, ReLU: true})
		}); n != 0 {
			t.Errorf("%v allocations a call", n)
		}
	})
}

func FuzzGemm(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(1 << 40))
	f.Fuzz(func(t *testing.T, seed uint64) {
		for _, tier := range kernels.Tiers() {
			randomCase(rand.New(rand.NewPCG(seed, 9))).check(t, kernels.NewCore(tier), anyNumber)
		}
	})
}
