package kernels_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// A packed operand gives the bits of Gemm, whatever it was packed from and
// whatever its memory held before.
func TestGemmPackedMatchesGemm(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(11, 12))
		fill := func() float32 { return anyNumber(rnd) }
		var packed kernels.Packed
		for range suite.Rounds(200) {
			c := randomCase(rnd)
			a := matrix(t, c.m, c.k, c.formA, c.side, fill)
			b := matrix(t, c.k, c.n, c.formB, c.side, fill)
			got := matrix(t, c.m, c.n, c.formC, c.side, fill)
			want := got
			want.Data = slices.Clone(got.Data)
			e := kernels.Epilogue{ReLU: c.relu}
			if c.bias {
				e.Bias = matrix(t, 1, c.n, rowMajor, guard.After, fill).Data
			}
			k.Pack(&packed, b)
			k.GemmPacked(c.alpha, a, &packed, c.beta, got, e)
			k.Gemm(c.alpha, a, b, c.beta, want, e)
			suite.RequireSame(t, fmt.Sprintf("%+v", c), got.Data, want.Data)
		}
	})
}

// packing multiplies by operands that it packs before.
type packing struct{ *kernels.Team }

func (p packing) Gemm(alpha float32, a, b kernels.Mat, beta float32, c kernels.Mat, e kernels.Epilogue) {
	var packed kernels.Packed
	kernels.NewCore(p.Tier()).Pack(&packed, b)
	p.GemmPacked(alpha, a, &packed, beta, c, e)
}

func TestGemmPackedMisuse(t *testing.T) {
	k := kernels.NewCore(kernels.Generic)
	a, c := kernels.NewMat(2, 3), kernels.NewMat(2, 4)
	var packed kernels.Packed
	requirePanic(t, "not packed", "kernels: operand was packed for another tier, or not at all", func() {
		k.GemmPacked(1, a, &packed, 0, c, kernels.Epilogue{})
	})
	k.Pack(&packed, kernels.NewMat(5, 4))
	requirePanic(t, "shapes", "kernels: shapes do not fit together", func() { k.GemmPacked(1, a, &packed, 0, c, kernels.Epilogue{}) })
	k.Pack(&packed, kernels.NewMat(3, 4))
	requirePanic(t, "overlap", "kernels: output overlaps an input", func() {
		k.GemmPacked(1, a.Slice(0, 1, 0, 3), &packed, 0, kernels.View(a.Data[:4], 1, 4), kernels.Epilogue{})
	})
	team := kernels.NewTeam(kernels.Generic, 2)
	defer team.Close()
	requirePanic(t, "team's shapes", "kernels: shapes do not fit together", func() {
		team.GemmPacked(1, kernels.NewMat(200, 4), &packed, 0, kernels.NewMat(200, 4), kernels.Epilogue{})
	})
	requirePanic(t, "short", "kernels: matrix reaches beyond its data, or has a negative size or stride", func() {
		k.Pack(&packed, kernels.Mat{Data: a.Data, Rows: 3, Cols: 4, RowStride: 4, ColStride: 1})
	})
}

func TestPackAllocatesOnce(t *testing.T) {
	k, b := kernels.NewCore(kernels.Best()), kernels.NewMat(50, 40)
	a, c := kernels.NewMat(9, 50), kernels.NewMat(9, 40)
	var packed kernels.Packed
	if n := testing.AllocsPerRun(5, func() {
		k.Pack(&packed, b)
		k.GemmPacked(1, a, &packed, 0, c, kernels.Epilogue{})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
