package formula

// The updates follow Keras 3 (keras/src/optimizers). Moments below 2⁻¹⁰⁰ are
// flushed to zero: they are some 20 orders of magnitude below what moves a
// weight, and left alone they would decay into slow subnormal numbers.
var optimizers = []Kernel{
	{
		Name: "sgd", Doc: "w -= lr·grad",
		Streams: []string{"w", "grad"}, Scalars: []string{"lr"},
		Body: func(p *Program) {
			p.Store("w", p.FNMA(p.Param("lr"), p.Load("grad"), p.Load("w")))
		},
	},
	{
		Name: "momentum", Doc: "v = μ·v - lr·grad; w += v",
		Streams: []string{"w", "v", "grad"}, Scalars: []string{"lr", "mu"},
		Body: func(p *Program) {
			v := p.velocity()
			p.Store("w", p.Add(p.Load("w"), v))
		},
	},
	{
		Name: "nesterov", Doc: "v = μ·v - lr·grad; w += μ·v - lr·grad",
		Streams: []string{"w", "v", "grad"}, Scalars: []string{"lr", "mu"},
		Body: func(p *Program) {
			v := p.velocity()
			w := p.FNMA(p.Param("lr"), p.Load("grad"), p.Load("w"))
			p.Store("w", p.FMA(p.Param("mu"), v, w))
		},
	},
	{
		Name: "rmsprop", Doc: "v += c·(grad²-v), c = 1-ρ; w -= lr·(grad/√(v+ε))",
		Streams: []string{"w", "v", "grad"}, Scalars: []string{"lr", "c", "eps"},
		Body: func(p *Program) {
			v := p.meanSquare(p.Param("c"))
			u := p.Div(p.Load("grad"), p.Sqrt(p.Add(v, p.Param("eps"))))
			p.Store("w", p.FNMA(p.Param("lr"), u, p.Load("w")))
		},
	},
	{
		Name: "adam", Doc: "m += c1·(grad-m); v += c2·(grad²-v); w = decay·w - lr·(m/(√v+ε)), c1 = 1-β₁, c2 = 1-β₂",
		Streams: []string{"w", "m", "v", "grad"}, Scalars: []string{"lr", "c1", "c2", "eps", "decay"},
		Body: func(p *Program) {
			m := p.Load("m")
			m = p.flush(p.FMA(p.Param("c1"), p.Sub(p.Load("grad"), m), m))
			p.Store("m", m)
			v := p.meanSquare(p.Param("c2"))
			u := p.Div(m, p.Add(p.Sqrt(v), p.Param("eps")))
			w := p.Mul(p.Load("w"), p.Param("decay"))
			p.Store("w", p.FNMA(p.Param("lr"), u, w))
		},
	},
}

// velocity updates the momentum v = μ·v - lr·g.
func (p *Program) velocity() *Value {
	v := p.Mul(p.Param("mu"), p.Load("v"))
	v = p.flush(p.FNMA(p.Param("lr"), p.Load("grad"), v))
	p.Store("v", v)
	return v
}

// meanSquare updates the running mean of g²: v -= c·(v-g²). It never turns
// negative: v-g² rounds to at most v.
func (p *Program) meanSquare(c *Value) *Value {
	g, v := p.Load("grad"), p.Load("v")
	v = p.flush(p.FNMA(c, p.FNMA(g, g, v), v))
	p.Store("v", v)
	return v
}
