package kernels

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// work has workers of such speeds compute products, in which shares may be noisy, and
// returns what the shares come to.
func (p *paces) work(products int, multiplyAdds, noise float64, speeds []float64) (shares []float64) {
	r := rand.New(rand.NewPCG(1, 2))
	for range products {
		shares = shares[:0]
		p.deal()
		for rank := range speeds {
			from, to := p.share(rank)
			shares = append(shares, to-from)
			work := multiplyAdds * (to - from)
			p.add(rank, work, work/speeds[rank]*(1+noise*r.Float64()))
		}
	}
	return shares
}

func newPaces(workers int) *paces {
	return &paces{slices.Repeat([]float64{1}, workers), make([]float64, workers)}
}

func TestPaces(t *testing.T) {
	for _, c := range []struct{ speeds, shares []float64 }{
		{[]float64{20}, []float64{1}},
		{[]float64{20, 20}, []float64{0.5, 0.5}},
		{[]float64{20, 18}, []float64{0.5, 0.5}},
		{[]float64{20, 10}, []float64{2. / 3, 1. / 3}},
		{[]float64{10, 30, 20}, []float64{1. / 6, 1. / 2, 1. / 3}},
		{[]float64{0.01, 1}, []float64{0.2, 0.8}}, // within limits
	} {
		for _, multiplyAdds := range []float64{1e5, 1e9} { // some microseconds, and some milliseconds
			p := newPaces(len(c.speeds))
			products := int(1e10 / multiplyAdds) // 0.1 s and more
			p.work(products, multiplyAdds, 0, slices.Repeat([]float64{25}, len(c.speeds)))
			got := p.work(products, multiplyAdds, 0.05, c.speeds)
			for rank, want := range c.shares {
				if math.Abs(got[rank]-want) > 0.03 {
					t.Errorf("speeds %v, products of %g: shares %v, want %v", c.speeds, multiplyAdds, got, c.shares)
					break
				}
			}
		}
	}
}

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
		for rank := range team.paces.speeds {
			team.paces.speeds[rank] = math.Exp(r.NormFloat64())
		}
		got, want := NewMat(a.Rows, b.Cols), NewMat(a.Rows, b.Cols)
		team.product = newProduct(1, &a, &b, 0, &got, Epilogue{})
		team.paces.deal()
		team.Run(team.part) // also if it is small
		core.Gemm(1, a, b, 0, want, Epilogue{})
		if !slices.Equal(got.Data, want.Data) {
			t.Fatalf("%d × %d × %d, speeds %v: not the product of one alone", a.Rows, a.Cols, b.Cols, team.paces.speeds)
		}
	}
}
