package micro

import "math"

// flush turns a magnitude below 2⁻¹⁰⁰ into +0, so that no moment decays into
// the subnormal numbers.
func flush(x float32) float32 {
	if abs(x) < 0x1p-100 {
		return 0
	}
	return x
}

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// meanSquare is the running mean v += c·(g²-v), kept at or above 0.
func meanSquare(v, g, c float32) float32 { return flush(fma(-c, fma(-g, g, v), v)) }

// velocity is the momentum v = μ·v - lr·g.
func velocity(v, g, lr, mu float32) float32 { return flush(fma(-lr, g, float32(mu*v))) }

// sgdGeneric: w -= lr·g.
func sgdGeneric(n int, w, g *float32, lr float32) {
	ws, gs := vec(w, n), vec(g, n)
	for i := range ws {
		ws[i] = fma(-lr, gs[i], ws[i])
	}
}

// momentumGeneric: v = μ·v - lr·g; w += v.
func momentumGeneric(n int, w, v, g *float32, lr, mu float32) {
	ws, vs, gs := vec(w, n), vec(v, n), vec(g, n)
	for i := range ws {
		vs[i] = velocity(vs[i], gs[i], lr, mu)
		ws[i] += vs[i]
	}
}

// nesterovGeneric: v = μ·v - lr·g; w += μ·v - lr·g.
func nesterovGeneric(n int, w, v, g *float32, lr, mu float32) {
	ws, vs, gs := vec(w, n), vec(v, n), vec(g, n)
	for i := range ws {
		vs[i] = velocity(vs[i], gs[i], lr, mu)
		ws[i] = fma(mu, vs[i], fma(-lr, gs[i], ws[i]))
	}
}

// rmspropGeneric: v += c·(g²-v), c = 1-ρ; w -= lr·(g/√(v+ε)).
func rmspropGeneric(n int, w, v, g *float32, lr, c, eps float32) {
	ws, vs, gs := vec(w, n), vec(v, n), vec(g, n)
	for i := range ws {
		vs[i] = meanSquare(vs[i], gs[i], c)
		ws[i] = fma(-lr, gs[i]/sqrt(vs[i]+eps), ws[i])
	}
}

// adamGeneric: m += c1·(g-m); v += c2·(g²-v); w = decay·w - lr·(m/(√v+ε)), c1 = 1-β₁, c2 = 1-β₂.
func adamGeneric(n int, w, m, v, g *float32, lr, c1, c2, eps, decay float32) {
	ws, ms, vs, gs := vec(w, n), vec(m, n), vec(v, n), vec(g, n)
	for i := range ws {
		ms[i] = flush(fma(c1, gs[i]-ms[i], ms[i]))
		vs[i] = meanSquare(vs[i], gs[i], c2)
		ws[i] = fma(-lr, ms[i]/float32(sqrt(vs[i])+eps), float32(ws[i]*decay))
	}
}
