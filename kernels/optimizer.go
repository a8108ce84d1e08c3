package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// The optimizers update weights w in place from their gradient g, as Keras 3
// does. m and v are running moments, 0 at first; a moment whose magnitude falls
// below 2⁻¹⁰⁰ becomes 0, which no weight can notice. All slices of a call have
// one length and are apart, or it panics.

// SGD computes w -= lr·g.
func (k *Core) SGD(w, g []float32, lr float32) {
	checkApart(w, g)
	each2(with2(k.set.SGD, lr), w, g)
}

// Momentum computes v = mu·v - lr·g; w += v.
func (k *Core) Momentum(w, v, g []float32, lr, mu float32) {
	update(func(n int, w, v, g *float32) { k.set.Momentum(n, w, v, g, lr, mu) }, w, v, g)
}

// Nesterov computes v = mu·v - lr·g; w += mu·v - lr·g.
func (k *Core) Nesterov(w, v, g []float32, lr, mu float32) {
	update(func(n int, w, v, g *float32) { k.set.Nesterov(n, w, v, g, lr, mu) }, w, v, g)
}

// RMSprop computes v += (1-rho)·(g²-v); w -= lr·g/√(v+eps). It takes c = 1-rho.
func (k *Core) RMSprop(w, v, g []float32, lr, c, eps float32) {
	update(func(n int, w, v, g *float32) { k.set.RMSprop(n, w, v, g, lr, c, eps) }, w, v, g)
}

// update calls the kernel of an optimizer with one moment.
func update(kernel micro.Map3, w, v, g []float32) {
	checkApart(w, v, g)
	each3(kernel, w, v, g)
}

// AdamStep has the numbers of one step of Adam or AdamW.
type AdamStep struct {
	LR     float32 // the learning rate times √(1-β₂ᵗ)/(1-β₁ᵗ)
	C1, C2 float32 // 1-β₁ and 1-β₂
	Eps    float32 // added to √v
	Decay  float32 // what w is multiplied by first: 1, or less for AdamW
}

// Adam computes m += C1·(g-m); v += C2·(g²-v); w = Decay·w - LR·m/(√v+Eps)
// (D. Kingma, J. Ba: Adam, 2015, in the form before its section 2.1; AdamW:
// I. Loshchilov, F. Hutter, 2019).
func (k *Core) Adam(w, m, v, g []float32, s AdamStep) {
	checkApart(w, m, v, g)
	for lo, hi := range pieces(len(w)) {
		k.set.Adam(hi-lo, &w[lo], &m[lo], &v[lo], &g[lo], s.LR, s.C1, s.C2, s.Eps, s.Decay)
	}
}

// PenaltyGrad adds the gradient of l1·Σ|w| + l2·Σw² to g:
// g[i] += l1·sign(w[i]) + 2·l2·w[i], with sign(0) = 0. l1 must not be negative.
func (k *Core) PenaltyGrad(g, w []float32, l1, l2 float32) {
	each2(func(n int, g, w *float32) { k.set.PenaltyGrad(n, g, w, l1, 2*l2) }, g, w)
}

// checkApart panics unless the slices have one length and share no memory.
func checkApart(vs ...[]float32) {
	for i, x := range vs {
		if len(x) != len(vs[0]) {
			panic(badLength)
		}
		for _, y := range vs[:i] {
			if overlap(x, y) {
				panic(badOverlap)
			}
		}
	}
}
