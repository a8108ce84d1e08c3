package main

// An operand is a or b as a step of p reads it: elements of a, each in lane 0 of
// a register, or vectors of b. Its parts take turns in the registers.
type operand struct {
	parts     int
	first     int // register
	registers int // a divisor of parts
	load      func(part, v int)
}

func (o *operand) register(part int) int { return o.first + part%o.registers }

// fetch emits the load of a part.
func (o *operand) fetch(part int) { o.load(part, o.register(part)) }

// assign shares out the registers that the accumulators leave. One operand keeps
// all its parts for a step, those of the other one pass by. A register is loaded
// for its next use right after the last one: that leaves more time in between if
// the longer operand is kept and at least two registers are left for the other.
func (t *tile) assign() {
	t.a = operand{parts: t.rows, load: t.loadA}
	t.b = operand{parts: t.vectors, load: t.loadB}
	longer, shorter := &t.a, &t.b
	if longer.parts < shorter.parts {
		longer, shorter = shorter, longer
	}
	if t.keep(longer, shorter); shorter.registers < 2 {
		t.keep(shorter, longer)
	}
}

func (t *tile) keep(kept, passing *operand) {
	t.kept, t.passing = kept, passing
	kept.first, kept.registers = t.accumulators(), kept.parts
	passing.first = kept.first + kept.registers
	passing.registers = min(passing.parts, vectorRegisters-passing.first)
	for passing.registers > 0 && passing.parts%passing.registers != 0 {
		passing.registers--
	}
}

// chains: acc[i][j] += Σₚ a[i][p]·b[p][j]. Each step loads what the next one
// needs, but the last one nothing.
func (t *tile) chains() {
	t.loadParam("k", kLeft)
	t.emit("CBZ %s, done", kLeft)
	t.loadOperands()
	t.emit("SUB $1, %s", kLeft)
	t.repeat("unrolled", "rest", kLeft, kUnroll, func() {
		for range kUnroll {
			t.step(true)
		}
	})
	t.emit("ADDS $%d, %s", kUnroll, kLeft)
	t.emit("BEQ last")
	t.label("single")
	t.step(true)
	t.countDown(kLeft, 1, "single")
	t.label("last")
	t.step(false)
	t.label("done")
}

// loadOperands loads their addresses and what the first step begins with.
func (t *tile) loadOperands() {
	t.loadParam("a", aRow(0))
	t.loadStride("rsa", stride)
	for i := 1; i < t.rows; i++ {
		t.emit("ADD %s, %s, %s", stride, aRow(i-1), aRow(i))
	}
	t.emit("MOVD ZR, %s", aIndex)
	t.loadParam("csa", aStride)
	t.loadParam("b", bRow)
	t.loadStride("rsb", bStride)
	for _, o := range []*operand{t.kept, t.passing} {
		for part := range o.registers {
			o.fetch(part)
		}
	}
}

// step: acc[i][j] += a[i][p]·b[p][j] for all i and j; then p++. It loads ahead
// within the step and, if there is one, for the next step.
func (t *tile) step(ahead bool) {
	for pass := range t.passing.parts {
		for keep := range t.kept.parts {
			t.multiplyAdd(pass, keep)
			if ahead && pass == t.passing.parts-1 {
				t.kept.fetch(keep)
			}
		}
		if next := pass + t.passing.registers; ahead || next < t.passing.parts {
			t.passing.fetch(next % t.passing.parts)
		}
	}
}

// multiplyAdd multiplies a part of the passing operand by one of the kept.
func (t *tile) multiplyAdd(pass, keep int) {
	i, j := pass, keep
	if t.kept == &t.a {
		i, j = keep, pass
	}
	t.vector(fmlaElement, t.accumulator(i, j), t.b.register(j), t.a.register(i))
}

// loadA loads element i of a column of a; the last one steps to the next column.
func (t *tile) loadA(i, v int) {
	t.emit("FMOVS (%s)(%s<<2), F%d", aRow(i), aIndex, v)
	if i == t.rows-1 {
		t.emit("ADD %s, %s", aStride, aIndex)
	}
}

// loadB loads vector j of a row of b; the last one steps to the next row.
func (t *tile) loadB(j, v int) {
	t.emit("FMOVQ %d(%s), F%d", 16*j, bRow, v)
	if j == t.vectors-1 {
		t.emit("ADD %s, %s", bStride, bRow)
	}
}
