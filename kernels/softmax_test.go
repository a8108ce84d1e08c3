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

// A softmaxCase is a batch of logits and targets, and where they lie.
type softmaxCase struct {
	rows, cols int
	form       form
	side       guard.Side
	spread     float64 // of the logits
}

func (c softmaxCase) String() string {
	return fmt.Sprintf("%d × %d, spread %g, form %d", c.rows, c.cols, c.spread, c.form)
}

func forSoftmaxCases(t *testing.T, test func(t *testing.T, k *kernels.Core, rnd *rand.Rand, c softmaxCase)) {
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		rnd := rand.New(rand.NewPCG(41, 42))
		for cols := range 41 {
			for range suite.Rounds(20) {
				test(t, k, rnd, softmaxCase{
					rows: 1 + rnd.IntN(4), cols: cols, form: []form{rowMajor, padded}[rnd.IntN(2)],
					side: guard.Side(rnd.IntN(2)), spread: []float64{0, 0.1, 1, 30, 300, 1e30}[rnd.IntN(6)],
				})
			}
		}
	})
}

func (c softmaxCase) logits(t *testing.T, rnd *rand.Rand) kernels.Mat {
	return matrix(t, c.rows, c.cols, c.form, c.side, func() float32 { return float32(c.spread * rnd.NormFloat64()) })
}

func (c softmaxCase) matrix(t *testing.T, fill func() float32) kernels.Mat {
	return matrix(t, c.rows, c.cols, c.form, c.side, fill)
}

// oneHot has a random one in every row.
func (c softmaxCase) oneHot(t *testing.T, rnd *rand.Rand) kernels.Mat {
	m := c.matrix(t, func() float32 { return 0 })
	for i := range m.Rows {
		if m.Cols > 0 {
			m.Set(i, rnd.IntN(m.Cols), 1)
		}
	}
	return m
}

// A row is a softmax as float64 has it. The exponent x-m is rounded once, which
// counts as often as it is large; exp is within 1 ulp, their sum within a
// rounding for each partial result, and a quotient is rounded once. Below 2⁻¹²⁶
// exp is 0.
func defineSoftmax(x []float32) (y []estimate, logSum float64) {
	largest := float64(slices.Max(x))
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - largest)
	}
	for _, v := range x {
		d := float64(v) - largest
		want := math.Exp(d) / sum
		roundings := 2*math.Min(-d, 100) + 2 + sumRoundings(len(x)) + 1
		y = append(y, estimate{want, roundings*ε*want + 0x1p-126})
	}
	return y, largest + math.Log(sum)
}

// sumRoundings bounds the error of exp and of the sum over n of them: partial
// results of n/16 terms, folded four times, each term with 2 roundings and the
// error of its exponent, which e⁻ᵈ·d ≤ 1 bounds for all of them.
func sumRoundings(n int) float64 { return float64(n)/16 + 4 + 2 + 2 }

func TestSoftmaxIsItsFormula(t *testing.T) {
	generic := kernels.NewCore(kernels.Generic)
	forSoftmaxCases(t, func(t *testing.T, k *kernels.Core, rnd *rand.Rand, c softmaxCase) {
		x := c.logits(t, rnd)
		y, same := c.matrix(t, rnd.Float32), c.matrix(t, rnd.Float32)
		copy(same.Data, y.Data)
		before := slices.Clone(x.Data)
		k.Softmax(y, x)
		generic.Softmax(same, x)
		suite.RequireSame(t, c.String(), y.Data, same.Data)
		suite.RequireSame(t, c.String()+": x", x.Data, before)
		for i := range c.rows {
			if c.cols == 0 {
				break
			}
			want, _ := defineSoftmax(x.Row(i))
			var sum float64
			for j, got := range y.Row(i) {
				sum += float64(got)
				if !want[j].fits(got) {
					t.Fatalf("%v: y[%d][%d] = %g, want %g ± %.2g", c, i, j, got, want[j].want, want[j].tolerance)
				}
			}
			if math.Abs(sum-1) > (float64(c.cols)+8)*ε {
				t.Fatalf("%v: row %d sums to %g", c, i, sum)
			}
		}
		k.Softmax(x, x)
		for i := range c.rows {
			suite.RequireSame(t, c.String()+": in place", x.Row(i), y.Row(i))
		}
	})
}

func TestSoftmaxGradIsItsFormula(t *testing.T) {
	generic := kernels.NewCore(kernels.Generic)
	forSoftmaxCases(t, func(t *testing.T, k *kernels.Core, rnd *rand.Rand, c softmaxCase) {
		c.spread = min(c.spread, 30)
		dy, y := c.logits(t, rnd), c.matrix(t, rnd.Float32)
		dx, same := c.matrix(t, rnd.Float32), c.matrix(t, rnd.Float32)
		copy(same.Data, dx.Data)
		k.SoftmaxGrad(dx, dy, y)
		generic.SoftmaxGrad(same, dy, y)
		suite.RequireSame(t, c.String(), dx.Data, same.Data)
		for i := range c.rows {
			var dot, size float64
			for j, v := range dy.Row(i) {
				term := float64(v) * float64(y.At(i, j))
				dot += term
				size += math.Abs(term)
			}
			for j, got := range dx.Row(i) {
				d, yj := float64(dy.At(i, j)), float64(y.At(i, j))
				roundings := float64(c.cols)/16 + 4 + 4
				e := estimate{(d - dot) * yj, roundings * ε * (math.Abs(d) + size) * yj}
				if !e.fits(got) {
					t.Fatalf("%v: dx[%d][%d] = %g, want %g ± %.2g", c, i, j, got, e.want, e.tolerance)
				}
			}
		}
		k.SoftmaxGrad(dy, dy, y)
		for i := range c.rows {
			suite.RequireSame(t, c.String()+": in place", dy.Row(i), dx.Row(i))
		}
	})
}

// The error of a loss is some roundings of one and of its largest term: a loss
// far below 2⁻²⁴ may be 0, but is never negative.
func TestSoftmaxCrossEntropyIsItsFormula(t *testing.T) {
	generic := kernels.NewCore(kernels.Generic)
	const a = 0.25
	forSoftmaxCases(t, func(t *testing.T, k *kernels.Core, rnd *rand.Rand, c softmaxCase) {
		z, target := c.logits(t, rnd), c.oneHot(t, rnd)
		dz, same := c.matrix(t, rnd.Float32), c.matrix(t, rnd.Float32)
		copy(same.Data, dz.Data)
		loss, sameLoss := guard.Floats(t, c.rows, c.side), make([]float32, c.rows)
		k.SoftmaxCrossEntropy(loss, dz, z, target, a)
		generic.SoftmaxCrossEntropy(sameLoss, same, z, target, a)
		suite.RequireSame(t, c.String()+": loss", loss, sameLoss)
		suite.RequireSame(t, c.String()+": dz", dz.Data, same.Data)
		for i, got := range loss {
			if c.cols == 0 {
				if got != 0 {
					t.Fatalf("loss of no columns is %v", got)
				}
				continue
			}
			y, logSum := defineSoftmax(z.Row(i))
			right := float64(z.At(i, slices.Index(target.Row(i), 1)))
			largest := float64(slices.Max(z.Row(i)))
			e := estimate{logSum - right, (sumRoundings(c.cols) + 4) * ε * (1 + math.Abs(largest-right))}
			if c.spread > 1e3 { // float64 has lost the logarithm of the sum
				e = estimate{largest - right, 4 * ε * (largest - right)}
			}
			if !e.fits(got) || got < 0 {
				t.Fatalf("%v: loss[%d] = %g, want %g ± %.2g", c, i, got, e.want, e.tolerance)
			}
			for j, got := range dz.Row(i) {
				d := estimate{a * (y[j].want - float64(target.At(i, j))), a * (y[j].tolerance + ε)}
				if !d.fits(got) {
					t.Fatalf("%v: dz[%d][%d] = %g, want %g ± %.2g", c, i, j, got, d.want, d.tolerance)
				}
			}
		}
		k.SoftmaxCrossEntropy(sameLoss, z, z, target, a)
		for i := range c.rows {
			suite.RequireSame(t, c.String()+": in place", z.Row(i), dz.Row(i))
		}
	})
}
