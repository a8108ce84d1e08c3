package main

import "github.com/mnist-fast/mnist-fast/asm/formula"

// peak generates formula.Peak.
func (e *emitter) peak() {
	e.begin(formula.Peak)
	e.loadParam("n", kLeft)
	e.emit("CBZ %s, done", kLeft)
	e.label("rounds")
	for range formula.PeakRounds {
		for v := range neon.Chains {
			e.vector(fmlaElement, v, neon.Chains, neon.Chains)
		}
	}
	e.countDown(kLeft, 1, "rounds")
	e.label("done")
	e.emit("RET")
}
