package main

import (
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// A lowering turns one program of asm/formula into instructions. It emits the
// program several times: for whole vectors, and for single elements in lane 0.
type lowering struct {
	*generator
	streams map[string]reg.Register
	scalars map[string]reg.VecVirtual
	index   reg.Register // of the next element

	program *formula.Program
	at      int                             // place in the program
	values  map[*formula.Value]reg.Register // results so far

	single bool           // one element at a time
	disp   int            // elements beyond index
	lanes  reg.VecVirtual // partial results of a reduction

	gradient reg.VecVirtual // of an update that need not load it
	watch    reg.VecVirtual // becomes NaN if such an update yields a weight that is not finite
}

func (g *generator) lowering(k formula.Kernel) *lowering {
	return &lowering{
		generator: g,
		streams:   map[string]reg.Register{},
		scalars:   map[string]reg.VecVirtual{},
		program:   k.Program(),
	}
}

// vector generates one element-wise kernel.
func (g *generator) vector(k formula.Kernel) {
	g.begin(k.Function)
	l := g.lowering(k)
	n := g.loadParam("n")
	for _, name := range k.Streams {
		l.streams[name] = g.loadParam(name)
	}
	for _, s := range k.Scalars {
		l.scalars[s] = g.broadcast(g.param(s))
	}
	l.index = g.GP64()
	g.XORQ(l.index, l.index)
	if k.Reduce {
		l.reduce(n)
	} else {
		l.elements(n)
	}
	g.end()
}

// elements runs the program over whole vectors, then over what is left.
func (l *lowering) elements(n reg.Register) {
	width := operand.Imm(uint64(l.Lanes))
	l.repeat("vectors", "tail", n, width, func() {
		l.body()
		l.ADDQ(width, l.index)
	})
	l.single = true
	l.repeat("singles", "done", n, operand.Imm(1), func() {
		l.body()
		l.INCQ(l.index)
	})
}

// reduce folds the elements, LaneCount at a time, into the partial results.
func (l *lowering) reduce(n reg.Register) {
	width := l.Lanes
	at := l.loadParam("lanes")
	acc := l.vecs(formula.LaneCount / width)
	l.loadVectors(operand.Mem{Base: at}, acc)
	block := operand.Imm(formula.LaneCount)
	l.repeat("blocks", "done", n, block, func() {
		for u := range acc {
			l.disp, l.lanes = u*width, acc[u]
			l.body()
		}
		l.ADDQ(block, l.index)
	})
	l.storeVectors(acc, operand.Mem{Base: at})
}

// body emits the program once.
func (l *lowering) body() {
	l.values = map[*formula.Value]reg.Register{}
	for i, v := range l.program.Values {
		l.at = i
		switch v.Op {
		case formula.Store:
			l.store(v)
		case formula.SetLanes:
			if x := l.reg(v.Args[0]); x != l.lanes {
				l.VMOVAPS(x, l.lanes)
			}
		default:
			l.values[v] = l.compute(v)
		}
	}
}

// compute emits one operation and returns its result. Instructions name their operands
// last to first: the second source, which may be memory, the first source, the
// destination.
func (l *lowering) compute(v *formula.Value) reg.Register {
	switch v.Op {
	case formula.Lanes:
		return l.lanes
	case formula.Load, formula.LoadBytes:
		return l.load(v)
	case "fma", "fnma":
		return l.multiplyAdd(v)
	case "<":
		return l.compare(lessThan, l.reg(v.Args[0]), l.any(v.Args[1]))
	case "<=":
		return l.compare(lessOrEqual, l.reg(v.Args[0]), l.any(v.Args[1]))
	}
	d := l.vec()
	switch v.Op {
	case "sqrt":
		l.VSQRTPS(l.any(v.Args[0]), d)
	case "toExponent":
		l.VPSLLD(operand.U8(formula.MantissaBits), l.reg(v.Args[0]), d)
	case formula.Select:
		l.choose(l.values[v.Args[0]], l.any(v.Args[1]), l.reg(v.Args[2]), d)
	case "drop":
		l.drop(l.values[v.Args[0]], l.any(v.Args[1]), d)
	default:
		l.binary(v, d)
	}
	return d
}

func (l *lowering) binary(v *formula.Value, d reg.VecVirtual) {
	x, y := v.Args[0], v.Args[1]
	free := v.Op != "-" && v.Op != "/" && v.Op != "larger"
	if free && x.Op == formula.Const { // where the order is free, a constant comes second
		x, y = y, x
	}
	instruction := map[formula.Op]func(...operand.Op){
		"+":       l.VADDPS,
		"-":       l.VSUBPS,
		"*":       l.VMULPS,
		"/":       l.VDIVPS,
		"larger":  l.VMAXPS,
		"and":     l.VANDPS,
		"or":      l.VORPS,
		"addBits": l.VPADDD,
	}[v.Op]
	if instruction == nil {
		panic("asm/amd64: no instruction for operation " + string(v.Op))
	}
	rx, ry := l.reg(x), l.any(y)
	instruction(ry, rx, d)
}

// multiplyAdd emits z ± x·y in place of an operand that is not needed again.
func (l *lowering) multiplyAdd(v *formula.Value) reg.VecVirtual {
	x, y, z := v.Args[0], v.Args[1], v.Args[2]
	fma213, fma231 := l.VFMADD213PS, l.VFMADD231PS
	if v.Op == "fnma" {
		fma213, fma231 = l.VFNMADD213PS, l.VFNMADD231PS
	}
	if l.dies(y) && !l.dies(x) {
		x, y = y, x
	}
	if l.dies(x) && !l.dies(z) {
		d := l.reg(x)
		fma213(l.any(z), l.reg(y), d) // d = y·d + z
		return d
	}
	d := l.reg(z)
	if !l.dies(z) && z.Op != formula.Const {
		d = l.vec()
		l.VMOVAPS(l.reg(z), d)
	}
	if x.Op == formula.Const {
		x, y = y, x
	}
	fma231(l.any(y), l.reg(x), d) // d = x·y + d
	return d
}

// dies reports whether the operation at hand is the last to use v, so that its
// register may be overwritten.
func (l *lowering) dies(v *formula.Value) bool {
	return v.Op != formula.Param && v.Op != formula.Const && v.LastUse == l.at
}

// reg is the register of v; a constant is loaded into a new one.
func (l *lowering) reg(v *formula.Value) reg.VecVirtual {
	switch v.Op {
	case formula.Param:
		return l.scalars[v.Name]
	case formula.Const:
		return l.broadcast(l.constant(v.Bits))
	}
	return l.values[v].(reg.VecVirtual)
}

// any is the register of v, or the memory of a constant.
func (l *lowering) any(v *formula.Value) operand.Op {
	if v.Op == formula.Const {
		return l.constant(v.Bits)
	}
	return l.reg(v)
}

// element addresses the element at hand of a stream.
func (l *lowering) element(stream string, size int) operand.Mem {
	return operand.Mem{Base: l.streams[stream], Index: l.index, Scale: uint8(size), Disp: size * l.disp}
}

// load loads a vector, unless it is at hand.
func (l *lowering) load(v *formula.Value) reg.Register {
	if v.Name == formula.Gradient && l.gradient != nil {
		return l.gradient
	}
	d := l.vec()
	switch {
	case v.Op == formula.LoadBytes:
		l.loadBytes(l.element(v.Name, 1), d)
	case l.single:
		l.VMOVSS(l.element(v.Name, 4), d.AsX())
	default:
		l.VMOVUPS(l.element(v.Name, 4), d)
	}
	return d
}

func (l *lowering) loadBytes(from operand.Mem, d reg.VecVirtual) {
	if l.single {
		byte := l.GP32()
		l.MOVBLZX(from, byte)
		l.VMOVD(byte, d.AsX())
	} else {
		l.VPMOVZXBD(from, d)
	}
	l.VCVTDQ2PS(d, d)
}

func (l *lowering) store(v *formula.Value) {
	x, to := l.reg(v.Args[0]), l.element(v.Name, 4)
	if l.single {
		l.VMOVSS(x.AsX(), to)
	} else {
		l.VMOVUPS(x, to)
	}
	if l.watch != nil && v.Name == formula.Weights {
		l.VFMADD231PS(l.constant(0), x, l.watch)
	}
}
