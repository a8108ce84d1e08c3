package main

import "github.com/mnist-fast/mnist-fast/asm/formula"

// peak generates formula.Peak: as many chains as the largest tile has.
func (e *emitter) peak() {
	const x = aElements
	e.begin(formula.PeakName, formula.PeakSignature, formula.PeakDoc)
	e.loadParam("n", kLeft)
	e.emit("CBZ %s, done", kLeft)
	e.label("rounds")
	for range formula.PeakRounds {
		for v := range tileRows * tileVectors {
			e.vector(fmlaElement, v, bVectors, x)
		}
	}
	e.emit("SUBS $1, %s", kLeft)
	e.emit("BNE rounds")
	e.label("done")
	e.emit("RET")
}
