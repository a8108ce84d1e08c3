package formula

// Kernels lists every kernel in the order in which it is generated.
func Kernels() []Kernel {
	var all []Kernel
	for _, group := range [][]Kernel{arithmetic, activations, losses, optimizers, reductions} {
		all = append(all, group...)
	}
	return all
}

var arithmetic = []Kernel{
	{
		Name: "add", Doc: "y[i] += x[i]",
		Streams: []string{"y", "x"},
		Body: func(p *Program) {
			p.Store("y", p.Add(p.Load("y"), p.Load("x")))
		},
	},
	{
		Name: "scale", Doc: "y[i] = a·x[i]",
		Streams: []string{"y", "x"}, Scalars: []string{"a"},
		Body: func(p *Program) {
			p.Store("y", p.Mul(p.Load("x"), p.Param("a")))
		},
	},
	{
		Name: "divide", Doc: "y[i] = x[i] / a",
		Streams: []string{"y", "x"}, Scalars: []string{"a"},
		Body: func(p *Program) {
			p.Store("y", p.Div(p.Load("x"), p.Param("a")))
		},
	},
	{
		Name: "pixels", Doc: "y[i] = float32(x[i]) / a",
		Streams: []string{"y", "x:bytes"}, Scalars: []string{"a"},
		Body: func(p *Program) {
			p.Store("y", p.Div(p.Load("x"), p.Param("a")))
		},
	},
}

var activations = []Kernel{
	{
		Name: "relu", Doc: "y[i] = 0 where x[i] ≤ 0, else x[i] (so NaN stays)",
		Streams: []string{"y", "x"},
		Body: func(p *Program) {
			x := p.Load("x")
			p.Store("y", p.Drop(p.LessEqual(x, p.Num(0)), x))
		},
	},
	{
		Name: "reluGrad", Doc: "dx[i] = 0 where y[i] ≤ 0, else dy[i]; y is ReLU's output",
		Streams: []string{"dx", "dy", "y"},
		Body: func(p *Program) {
			p.Store("dx", p.Drop(p.LessEqual(p.Load("y"), p.Num(0)), p.Load("dy")))
		},
	},
	{
		Name: "exp", Doc: "y[i] = eˣ with x = x[i]; 0 where eˣ < 2⁻¹²⁶",
		Streams: []string{"y", "x"},
		Body:    func(p *Program) { p.Store("y", p.exp(p.Load("x"))) },
	},
	{
		Name: "sigmoid", Doc: "y[i] = 1/(1+e⁻ˣ) with x = x[i]",
		Streams: []string{"y", "x"},
		Body:    func(p *Program) { p.Store("y", p.sigmoid(p.Load("x"))) },
	},
	{
		Name: "sigmoidGrad", Doc: "dx[i] = dy[i]·(y[i]·(1-y[i])); y is the sigmoid's output",
		Streams: []string{"dx", "dy", "y"},
		Body: func(p *Program) {
			y := p.Load("y")
			p.Store("dx", p.Mul(p.Load("dy"), p.Mul(y, p.Sub(p.Num(1), y))))
		},
	},
	{
		Name: "tanh", Doc: "y[i] = tanh(x[i])",
		Streams: []string{"y", "x"},
		Body:    func(p *Program) { p.Store("y", p.tanh(p.Load("x"))) },
	},
	{
		Name: "tanhGrad", Doc: "dx[i] = dy[i]·(1-y[i]²), rounded as fma(-y, y, 1); y is tanh's output",
		Streams: []string{"dx", "dy", "y"},
		Body: func(p *Program) {
			y := p.Load("y")
			p.Store("dx", p.Mul(p.Load("dy"), p.FNMA(y, y, p.Num(1))))
		},
	},
	{
		Name: "softmaxGrad", Doc: "dx[i] = (dy[i]-a)·y[i]; y is the softmax's output, a = Σ dy·y",
		Streams: []string{"dx", "dy", "y"}, Scalars: []string{"a"},
		Body: func(p *Program) {
			p.Store("dx", p.Mul(p.Sub(p.Load("dy"), p.Param("a")), p.Load("y")))
		},
	},
}

var losses = []Kernel{
	{
		Name: "residual", Doc: "d[i] = a·(y[i]-t[i])",
		Streams: []string{"d", "y", "t"}, Scalars: []string{"a"},
		Body: func(p *Program) {
			p.Store("d", p.Mul(p.Sub(p.Load("y"), p.Load("t")), p.Param("a")))
		},
	},
	{
		Name: "penaltyGrad", Doc: "grad[i] = fma(l2, w[i], grad[i]) + l1·sign(w[i]), with sign(0) = 0",
		Streams: []string{"grad", "w"}, Scalars: []string{"l1", "l2"},
		Body: func(p *Program) {
			w := p.Load("w")
			zero := p.LessEqual(p.abs(w), p.Num(0))
			sign := p.Drop(zero, p.OrBits(p.AndBits(w, p.Bits(signBit)), p.Param("l1")))
			p.Store("grad", p.Add(p.FMA(p.Param("l2"), w, p.Load("grad")), sign))
		},
	},
}
