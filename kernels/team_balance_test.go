package kernels

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Whoever has which share, each element is one worker's, with the bits of one alone.
func TestUnevenProducts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	core, team := NewCore(Auto), NewTeam(Auto, 3)
	defer team.Close()
	for range 200 {
		a := NewMat(1+r.IntN(200), 1+r.IntN(100))
		b := NewMat(a.Cols, 1+r.IntN(200))
		for _, m := range []Mat{a, b} {
			for i := range m.Data {
				m.Data[i] = r.Float32() - 0.5
			}
		}
		for rank := range team.balance.Speeds {
			team.balance.Speeds[rank] = math.Exp(r.NormFloat64())
		}
		got, want := NewMat(a.Rows, b.Cols), NewMat(a.Rows, b.Cols)
		team.product.set(1, &a, &b, 0, &got, Epilogue{})
		team.Run(team.part) // also if it is small
		core.Gemm(1, a, b, 0, want, Epilogue{})
		if !slices.Equal(got.Data, want.Data) {
			t.Fatalf("%d × %d × %d, speeds %v: not the product of one alone", a.Rows, a.Cols, b.Cols, team.balance.Speeds)
		}
	}
}
