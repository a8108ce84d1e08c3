package main

import "github.com/mnist-fast/mnist-fast/asm/formula"

// peak generates formula.Peak.
func (g *generator) peak() {
	g.begin(formula.Peak)
	n := g.loadParam("n")
	acc, x := g.vecs(g.Chains), g.vec()
	g.zero(append(acc, x)...)
	g.jumpIfZero(n, "done")
	g.Label("rounds")
	for range formula.PeakRounds {
		for _, v := range acc {
			g.VFMADD231PS(x, x, v)
		}
	}
	g.countDown(n, "rounds")
	g.Label("done")
	g.end()
}
