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
	last    map[*formula.Value]int
	at      int                             // place in the program
	values  map[*formula.Value]reg.Register // results so far

	single bool           // one element at a time
	disp   int            // elements beyond index
	lanes  reg.VecVirtual // partial results of a reduction

	gradient reg.VecVirtual // of an update that need not load it
	watch    reg.VecVirtual // becomes NaN if such an update yields a weight that is not finite
}

func (g *generator) lowering(k formula.Kernel) *lowering {
	l := &lowering{
		generator: g,
		streams:   map[string]reg.Register{},
		scalars:   map[string]reg.VecVirtual{},
		program:   k.Program(),
	}
	l.last = l.program.LastUse()
	return l
}

// vector generates one element-wise kernel.
func (g *generator) vector(k formula.Kernel) {
	g.begin(k.Name, k.Signature, k.Doc+".")
	l := g.lowering(k)
	n := g.loadParam("n")
	for _, name := range k.Streams {
		l.streams[name] = g.loadParam(name)
	}
	for _, s := range k.Scalars {
		l.scalars[s] = g.broadcastParam(s)
	}
	index := g.GP64()
	g.XORQ(index, index)
	l.index = index
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
	l.SUBQ(width, n)
	l.JL(operand.LabelRef("tail"))
	l.Label("vectors")
	l.body()
	l.ADDQ(width, l.index)
	l.SUBQ(width, n)
	l.JGE(operand.LabelRef("vectors"))

	l.Label("tail")
	l.ADDQ(width, n)
	l.JZ(operand.LabelRef("done"))
	l.single = true
	l.Label("singles")
	l.body()
	l.INCQ(l.index)
	l.DECQ(n)
	l.JNZ(operand.LabelRef("singles"))
	l.Label("done")
}

// reduce folds the elements, LaneCount at a time, into the partial results.
func (l *lowering) reduce(n reg.Register) {
	width := l.Lanes
	at := l.loadParam("lanes")
	acc := l.vecs(formula.LaneCount / width)
	for u := range acc {
		l.VMOVUPS(operand.Mem{Base: at, Disp: 4 * width * u}, acc[u])
	}
	l.TESTQ(n, n)
	l.JZ(operand.LabelRef("done"))
	l.Label("blocks")
	for u := range acc {
		l.disp, l.lanes = u*width, acc[u]
		l.body()
	}
	l.ADDQ(operand.Imm(formula.LaneCount), l.index)
	l.SUBQ(operand.Imm(formula.LaneCount), n)
	l.JNZ(operand.LabelRef("blocks"))
	l.Label("done")
	for u := range acc {
		l.VMOVUPS(acc[u], operand.Mem{Base: at, Disp: 4 * width * u})
	}
}

// body emits the program once.
func (l *lowering) body() {
	l.values = map[*formula.Value]reg.Register{}
	for i, v := range l.program.Values {
		l.at = i
		l.emit(v)
	}
}

// emit emits one operation. Instructions name their operands last to first: the
// second source, which may be memory, the first source, the destination.
func (l *lowering) emit(v *formula.Value) {
	switch v.Op {
	case formula.Store:
		x := l.reg(v.Args[0])
		l.store(x, l.element(v.Name, 4))
		if l.watch != nil && v.Name == formula.Weights {
			l.VFMADD231PS(l.constant(0), x, l.watch)
		}
		return
	case formula.SetLanes:
		if x := l.reg(v.Args[0]); x != l.lanes {
			l.VMOVAPS(x, l.lanes)
		}
		return
	case formula.Lanes:
		l.values[v] = l.lanes
		return
	case formula.FMA, formula.FNMA:
		l.values[v] = l.multiplyAdd(v)
		return
	}

	switch v.Op {
	case formula.Less:
		l.values[v] = l.compare(lessThan, l.reg(v.Args[0]), l.any(v.Args[1]))
		return
	case formula.LessEqual:
		l.values[v] = l.compare(lessOrEqual, l.reg(v.Args[0]), l.any(v.Args[1]))
		return
	}
	if v.Op == formula.Load && v.Name == formula.Gradient && l.gradient != nil {
		l.values[v] = l.gradient
		return
	}
	d := l.vec()
	l.values[v] = d
	switch v.Op {
	case formula.Load:
		l.load(l.element(v.Name, 4), d)
	case formula.LoadBytes:
		l.loadBytes(l.element(v.Name, 1), d)
	case formula.Sqrt:
		l.VSQRTPS(l.any(v.Args[0]), d)
	case formula.ToExponent:
		l.VPSLLD(operand.U8(formula.MantissaBits), l.reg(v.Args[0]), d)
	case formula.Select:
		l.choose(l.values[v.Args[0]], l.any(v.Args[1]), l.reg(v.Args[2]), d)
	case formula.Drop:
		l.drop(l.values[v.Args[0]], l.any(v.Args[1]), d)
	default:
		l.binary(v, d)
	}
}

func (l *lowering) binary(v *formula.Value, d reg.VecVirtual) {
	x, y := v.Args[0], v.Args[1]
	switch v.Op { // a constant comes second where the order is free
	case formula.Add, formula.Mul, formula.AndBits, formula.OrBits, formula.AddBits:
		if x.Op == formula.Const {
			x, y = y, x
		}
	}
	rx, ry := l.reg(x), l.any(y)
	switch v.Op {
	case formula.Add:
		l.VADDPS(ry, rx, d)
	case formula.Sub:
		l.VSUBPS(ry, rx, d)
	case formula.Mul:
		l.VMULPS(ry, rx, d)
	case formula.Div:
		l.VDIVPS(ry, rx, d)
	case formula.Max:
		l.VMAXPS(ry, rx, d)
	case formula.AndBits:
		l.VANDPS(ry, rx, d)
	case formula.OrBits:
		l.VORPS(ry, rx, d)
	case formula.AddBits:
		l.VPADDD(ry, rx, d)
	default:
		panic("asm/amd64: no instruction for an operation")
	}
}

// multiplyAdd emits z ± x·y in place of an operand that is not needed again.
func (l *lowering) multiplyAdd(v *formula.Value) reg.VecVirtual {
	x, y, z := v.Args[0], v.Args[1], v.Args[2]
	fma213, fma231 := l.VFMADD213PS, l.VFMADD231PS
	if v.Op == formula.FNMA {
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
	return v.Op != formula.Param && v.Op != formula.Const && l.last[v] == l.at
}

// reg is the register of v; a constant is loaded into a new one.
func (l *lowering) reg(v *formula.Value) reg.VecVirtual {
	switch v.Op {
	case formula.Param:
		return l.scalars[v.Name]
	case formula.Const:
		d := l.vec()
		l.VMOVUPS(l.constant(v.Bits), d)
		return d
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

func (l *lowering) load(from operand.Mem, d reg.VecVirtual) {
	if l.single {
		l.VMOVSS(from, d.AsX())
	} else {
		l.VMOVUPS(from, d)
	}
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

func (l *lowering) store(x reg.VecVirtual, to operand.Mem) {
	if l.single {
		l.VMOVSS(x.AsX(), to)
	} else {
		l.VMOVUPS(x, to)
	}
}
