package kernels_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// reductions are sums of a term for each element.
var reductions = []struct {
	name string
	call func(k *kernels.Core, x, y []float32) float32
	term func(x, y float64) float64
}{
	{"Dot", (*kernels.Core).Dot, func(x, y float64) float64 { return x * y }},
	{"Distance", (*kernels.Core).Distance, func(x, y float64) float64 { return (x - y) * (x - y) }},
	{"SumAbs", func(k *kernels.Core, x, _ []float32) float32 { return k.SumAbs(x) },
		func(x, _ float64) float64 { return math.Abs(x) }},
}

// Every reduction is its sum, within one rounding a term and a few more, for all
// lengths and alignments, with the same bits on every tier.
func TestReductionsAreTheirSums(t *testing.T) {
	const room = 1100
	arena := guard.Floats(t, 2*room, guard.Before)
	generic := kernels.NewCore(kernels.Generic)
	lengths := []int{1000}
	for n := range 41 {
		lengths = append(lengths, n)
	}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(21, 22))
		for _, r := range reductions {
			for _, n := range lengths {
				for shift := range 16 {
					if testing.Short() && (n+shift)%4 != 0 {
						continue
					}
					for i := range arena {
						arena[i] = ordinaryNumber(rnd)
					}
					before := slices.Clone(arena)
					x, y := arena[shift:shift+n], arena[room+5*shift:room+5*shift+n]
					var want, size float64
					for i := range x {
						term := r.term(float64(x[i]), float64(y[i]))
						want += term
						size += math.Abs(term)
					}
					where := fmt.Sprintf("%s, n = %d, shift %d", r.name, n, shift)
					got := r.call(k, x, y)
					if e := (estimate{want, float64(n+3) * ε * size}); !e.fits(got) {
						t.Fatalf("%s: %v, want %v ± %.2g", where, got, e.want, e.tolerance)
					}
					suite.RequireSame(t, where, []float32{got}, []float32{r.call(generic, x, y)})
					suite.RequireSame(t, where+": operands", arena, before)
				}
			}
		}
	})
}

// Nothing is read beyond the operands, at either end.
func TestReductionsStayInside(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for _, r := range reductions {
			for n := range 41 {
				for _, side := range []guard.Side{guard.Before, guard.After} {
					x, y := guard.Floats(t, n, side), guard.Floats(t, n, side)
					if got := r.call(k, x, y); got != 0 {
						t.Fatalf("%s of %d zeros is %v", r.name, n, got)
					}
				}
			}
		}
	})
}

// A matrix operation gives the same for every layout that it takes.
func forMatrices(t *testing.T, layouts []form, test func(t *testing.T, k *kernels.Core, m kernels.Mat)) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(23, 24))
		for range suite.Rounds(200) {
			f, side := layouts[rnd.IntN(len(layouts))], guard.Side(rnd.IntN(2))
			test(t, k, matrix(t, rnd.IntN(20), rnd.IntN(41), f, side, func() float32 { return ordinaryNumber(rnd) }))
		}
	})
}

func TestColSumAddsInOrder(t *testing.T) {
	forMatrices(t, []form{rowMajor, colMajor, padded, scattered}, func(t *testing.T, k *kernels.Core, m kernels.Mat) {
		got, want := guard.Floats(t, m.Cols, guard.After), make([]float32, m.Cols)
		for j := range want {
			got[j] = float32(math.NaN()) // must not be read
			for i := range m.Rows {
				want[j] += m.At(i, j)
			}
		}
		k.ColSum(got, m)
		suite.RequireSame(t, fmt.Sprintf("%d × %d", m.Rows, m.Cols), got, want)
	})
}

func TestBiasAddAddsToEveryRow(t *testing.T) {
	forMatrices(t, []form{rowMajor, padded}, func(t *testing.T, k *kernels.Core, m kernels.Mat) {
		bias := guard.Floats(t, m.Cols, guard.After)
		for j := range bias {
			bias[j] = float32(j) - 3.5
		}
		want := m
		want.Data = slices.Clone(m.Data)
		for i := range m.Rows {
			for j := range m.Cols {
				want.Set(i, j, m.At(i, j)+bias[j])
			}
		}
		k.BiasAdd(m, bias)
		suite.RequireSame(t, fmt.Sprintf("%d × %d", m.Rows, m.Cols), m.Data, want.Data)
	})
}

func TestFinite(t *testing.T) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for n := range 40 {
			x := make([]float32, n)
			for i := range x {
				x[i] = math.MaxFloat32 // their sum is infinite
			}
			if !k.Finite(x) {
				t.Errorf("%d large numbers are not finite", n)
			}
			for i := range x {
				for _, odd := range []float64{math.Inf(1), math.Inf(-1), math.NaN()} {
					x[i] = float32(odd)
					if k.Finite(x) {
						t.Errorf("%v at %d of %d is finite", odd, i, n)
					}
				}
				x[i] = 1
			}
		}
	})
}
