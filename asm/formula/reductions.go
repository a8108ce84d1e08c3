package formula

// A reduction keeps LaneCount partial results, so that every tier adds the same
// numbers in the same order. The caller folds them at the end.
var reductions = []Kernel{
	{
		Name: "maxLanes", Doc: "lanes[i%16] = x[i] where x[i] > lanes[i%16]",
		Streams: []string{"x"}, Reduce: true,
		Body: func(p *Program) {
			p.SetLanes(p.Max(p.Load("x"), p.Lanes()))
		},
	},
	{
		Name: "sumAbsLanes", Doc: "lanes[i%16] += |x[i]|",
		Streams: []string{"x"}, Reduce: true,
		Body: func(p *Program) {
			p.SetLanes(p.Add(p.Lanes(), p.abs(p.Load("x"))))
		},
	},
	{
		Name: "dotLanes", Doc: "lanes[i%16] = fma(x[i], y[i], lanes[i%16])",
		Streams: []string{"x", "y"}, Reduce: true,
		Body: func(p *Program) {
			p.SetLanes(p.FMA(p.Load("x"), p.Load("y"), p.Lanes()))
		},
	},
	{
		Name: "distanceLanes", Doc: "lanes[i%16] = fma(e, e, lanes[i%16]) with e = x[i]-y[i]",
		Streams: []string{"x", "y"}, Reduce: true,
		Body: func(p *Program) {
			e := p.Sub(p.Load("x"), p.Load("y"))
			p.SetLanes(p.FMA(e, e, p.Lanes()))
		},
	},
	{
		Name: "expLanes", Doc: "y[i] = exp(x[i]-a); lanes[i%16] += y[i]",
		Streams: []string{"y", "x"}, Reduce: true, Scalars: []string{"a"},
		Body: func(p *Program) {
			y := p.exp(p.Sub(p.Load("x"), p.Param("a")))
			p.Store("y", y)
			p.SetLanes(p.Add(p.Lanes(), y))
		},
	},
}
