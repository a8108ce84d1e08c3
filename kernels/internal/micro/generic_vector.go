package micro

// The element-wise kernels, in plain Go. The generators compile them for the other
// tiers, in this order: see asm/formula.

// addGeneric: y[i] += x[i].
func addGeneric(n int, y, x *float32) {
	for i := range n {
		*at(y, i) += *at(x, i)
	}
}

// scaleGeneric: y[i] = a·x[i].
func scaleGeneric(n int, y, x *float32, a float32) {
	for i := range n {
		*at(y, i) = *at(x, i) * a
	}
}

// divideGeneric: y[i] = x[i] / a.
func divideGeneric(n int, y, x *float32, a float32) {
	for i := range n {
		*at(y, i) = *at(x, i) / a
	}
}

// pixelsGeneric: y[i] = float32(x[i]) / a.
func pixelsGeneric(n int, y *float32, x *uint8, a float32) {
	for i := range n {
		*at(y, i) = float32(*at(x, i)) / a
	}
}

// reluGeneric: y[i] = 0 where x[i] ≤ 0, else x[i] (so NaN stays).
func reluGeneric(n int, y, x *float32) {
	for i := range n {
		*at(y, i) = drop(*at(x, i) <= 0, *at(x, i))
	}
}

// reluGradGeneric: dx[i] = 0 where y[i] ≤ 0, else dy[i]; y is ReLU's output.
func reluGradGeneric(n int, dx, dy, y *float32) {
	for i := range n {
		*at(dx, i) = drop(*at(y, i) <= 0, *at(dy, i))
	}
}

// expGeneric: y[i] = eˣ with x = x[i]; 0 where eˣ < 2⁻¹²⁶.
func expGeneric(n int, y, x *float32) {
	for i := range n {
		*at(y, i) = exp(*at(x, i))
	}
}

// sigmoidGeneric: y[i] = 1/(1+e⁻ˣ) with x = x[i].
func sigmoidGeneric(n int, y, x *float32) {
	for i := range n {
		*at(y, i) = sigmoid(*at(x, i))
	}
}

// sigmoidGradGeneric: dx[i] = dy[i]·(y[i]·(1-y[i])); y is the sigmoid's output.
func sigmoidGradGeneric(n int, dx, dy, y *float32) {
	for i := range n {
		s := *at(y, i)
		*at(dx, i) = *at(dy, i) * float32(s*float32(1-s))
	}
}

// tanhGeneric: y[i] = tanh(x[i]).
func tanhGeneric(n int, y, x *float32) {
	for i := range n {
		*at(y, i) = tanh(*at(x, i))
	}
}

// tanhGradGeneric: dx[i] = dy[i]·(1-y[i]²), rounded as fma(-y, y, 1); y is tanh's output.
func tanhGradGeneric(n int, dx, dy, y *float32) {
	for i := range n {
		t := *at(y, i)
		*at(dx, i) = *at(dy, i) * fnma(t, t, 1)
	}
}

// softmaxGradGeneric: dx[i] = (dy[i]-a)·y[i]; y is the softmax's output, a = Σ dy·y.
func softmaxGradGeneric(n int, dx, dy, y *float32, a float32) {
	for i := range n {
		*at(dx, i) = float32(*at(dy, i)-a) * *at(y, i)
	}
}

// residualGeneric: d[i] = a·(y[i]-t[i]), 0 where that is below 2⁻¹⁰⁰.
func residualGeneric(n int, d, y, t *float32, a float32) {
	for i := range n {
		*at(d, i) = flush(float32(*at(y, i)-*at(t, i)) * a)
	}
}

// penaltyGradGeneric: grad[i] = fma(l2, w[i], grad[i]) + l1·sign(w[i]), with sign(0) = 0.
func penaltyGradGeneric(n int, grad, w *float32, l1, l2 float32) {
	for i := range n {
		x := *at(w, i)
		signed := drop(abs(x) <= 0, or(and(x, signBit), l1))
		*at(grad, i) = fma(l2, x, *at(grad, i)) + signed
	}
}

// The updates follow Keras 3 (keras/src/optimizers). Moments below 2⁻¹⁰⁰ are
// flushed to zero: they are some 20 orders of magnitude below what moves a
// weight, and left alone they would decay into slow subnormal numbers.

// sgdGeneric: w -= lr·grad.
func sgdGeneric(n int, w, grad *float32, lr float32) {
	for i := range n {
		*at(w, i) = fnma(lr, *at(grad, i), *at(w, i))
	}
}

// momentumGeneric: v = μ·v - lr·grad; w += v.
func momentumGeneric(n int, w, v, grad *float32, lr, mu float32) {
	for i := range n {
		kept := float32(mu * *at(v, i))
		*at(v, i) = velocity(kept, *at(grad, i), lr)
		*at(w, i) += *at(v, i)
	}
}

// nesterovGeneric: v = μ·v - lr·grad; w += μ·v - lr·grad.
func nesterovGeneric(n int, w, v, grad *float32, lr, mu float32) {
	for i := range n {
		kept := float32(mu * *at(v, i))
		*at(v, i) = velocity(kept, *at(grad, i), lr)
		*at(w, i) = fma(mu, *at(v, i), fnma(lr, *at(grad, i), *at(w, i)))
	}
}

// rmspropGeneric: v += c·(grad²-v), c = 1-ρ; w -= lr·(grad/√(v+ε)).
func rmspropGeneric(n int, w, v, grad *float32, lr, c, eps float32) {
	for i := range n {
		*at(v, i) = meanSquare(*at(grad, i), *at(v, i), c)
		*at(w, i) = fnma(lr, *at(grad, i)/sqrt(*at(v, i)+eps), *at(w, i))
	}
}

// adamGeneric: m += c1·(grad-m); v += c2·(grad²-v); w = decay·w - lr·(m/(√v+ε)), c1 = 1-β₁, c2 = 1-β₂.
func adamGeneric(n int, w, m, v, grad *float32, lr, c1, c2, eps, decay float32) {
	for i := range n {
		*at(v, i) = meanSquare(*at(grad, i), *at(v, i), c2)
		root := float32(sqrt(*at(v, i)) + eps)
		*at(m, i) = flush(fma(c1, *at(grad, i)-*at(m, i), *at(m, i)))
		*at(w, i) = fnma(lr, *at(m, i)/root, float32(*at(w, i)*decay))
	}
}

// A reduction keeps Lanes partial results, so that every tier adds the same
// numbers in the same order. The caller folds them at the end.

// maxLanesGeneric: lanes[i%16] = x[i] where x[i] > lanes[i%16].
func maxLanesGeneric(n int, x, lanes *float32) {
	for i := range n {
		*at(lanes, i%Lanes) = larger(*at(x, i), *at(lanes, i%Lanes))
	}
}

// sumAbsLanesGeneric: lanes[i%16] += |x[i]|.
func sumAbsLanesGeneric(n int, x, lanes *float32) {
	for i := range n {
		*at(lanes, i%Lanes) += abs(*at(x, i))
	}
}

// dotLanesGeneric: lanes[i%16] = fma(x[i], y[i], lanes[i%16]).
func dotLanesGeneric(n int, x, y, lanes *float32) {
	for i := range n {
		*at(lanes, i%Lanes) = fma(*at(x, i), *at(y, i), *at(lanes, i%Lanes))
	}
}

// distanceLanesGeneric: lanes[i%16] = fma(e, e, lanes[i%16]) with e = x[i]-y[i].
func distanceLanesGeneric(n int, x, y, lanes *float32) {
	for i := range n {
		e := float32(*at(x, i) - *at(y, i))
		*at(lanes, i%Lanes) = fma(e, e, *at(lanes, i%Lanes))
	}
}

// expLanesGeneric: y[i] = exp(x[i]-a); lanes[i%16] += y[i].
func expLanesGeneric(n int, y, x, lanes *float32, a float32) {
	for i := range n {
		*at(y, i) = exp(*at(x, i) - a)
		*at(lanes, i%Lanes) += *at(y, i)
	}
}
