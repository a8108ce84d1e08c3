package main

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// General registers; the streams are in R4 and up.
const (
	nLeft    = "R0"
	poolBase = "R1"
	lanesAt  = "R2"
	byteTemp = "R3"
)

// A lowering turns one program of asm/formula into instructions. It emits the
// program several times: for whole vectors, and for single elements in lane 0.
type lowering struct {
	*emitter
	streams    map[string]string         // the pointers
	lastAccess map[string]*formula.Value // of each stream: it steps the pointer
	scalars    map[string]int

	program *formula.Program
	at      int // place in the program
	values  map[*formula.Value]int
	free    registerSet

	single bool // one element at a time
	lanes  int  // partial results of a reduction
}

// kernel generates one element-wise kernel.
func (e *emitter) kernel(k formula.Kernel) {
	e.begin(k.Function)
	l := &lowering{
		emitter:    e,
		streams:    map[string]string{},
		lastAccess: map[string]*formula.Value{},
		scalars:    map[string]int{},
		program:    k.Program(),
		free:       ^registerSet(0),
	}
	l.loadParams(k)
	if k.Reduce {
		l.reduce()
	} else {
		l.elements()
	}
	e.emit("RET")
}

func (l *lowering) loadParams(k formula.Kernel) {
	l.loadParam("n", nLeft)
	for i, name := range k.Streams {
		l.streams[name] = fmt.Sprintf("R%d", 4+i)
		l.loadParam(name, l.streams[name])
	}
	for _, s := range k.Scalars {
		l.scalars[s] = l.free.take()
		l.broadcastParam(s, l.scalars[s])
	}
	for _, v := range l.program.Values {
		l.lastAccess[v.Name] = v
	}
	l.emit("MOVD $%s(SB), %s", pool, poolBase)
}

// elements runs the program over whole vectors, then over what is left.
func (l *lowering) elements() {
	l.repeat("vectors", "tail", nLeft, 4, l.body)
	l.emit("ADDS $4, %s", nLeft)
	l.emit("BEQ done")
	l.single = true
	l.label("singles")
	l.body()
	l.countDown(nLeft, 1, "singles")
	l.label("done")
}

// reduce folds the elements, LaneCount at a time, into the partial results.
func (l *lowering) reduce() {
	l.loadParam("lanes", lanesAt)
	var acc [formula.LaneCount / 4]int
	for q := range acc {
		acc[q] = l.free.take()
		l.emit("FMOVQ %d(%s), F%d", 16*q, lanesAt, acc[q])
	}
	l.emit("CBZ %s, done", nLeft)
	l.label("blocks")
	for _, l.lanes = range acc {
		l.body()
	}
	l.countDown(nLeft, formula.LaneCount, "blocks")
	l.label("done")
	for q := range acc {
		l.emit("FMOVQ F%d, %d(%s)", acc[q], 16*q, lanesAt)
	}
}

// body emits the program once.
func (l *lowering) body() {
	l.values = map[*formula.Value]int{}
	for i, v := range l.program.Values {
		l.at = i
		l.operation(v)
	}
}
