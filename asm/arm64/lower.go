package main

import (
	"fmt"
	"math/bits"
	"slices"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

// A rule is the instruction of an operation: its destination, then the
// arguments.
type rule struct {
	opcode
	inPlace  bool // the last argument is the destination
	reversed bool // the other arguments stand in reverse
}

var rules = map[formula.Op]rule{
	"+":            {opcode: fadd},
	"-":            {opcode: fsub},
	"*":            {opcode: fmul},
	"/":            {opcode: fdiv},
	"sqrt":         {opcode: fsqrt},
	"fma":          {opcode: fmla, inPlace: true},
	"fnma":         {opcode: fmls, inPlace: true},
	"larger":       {opcode: bit, inPlace: true, reversed: true}, // as Select
	"<":            {opcode: fcmgt, reversed: true},
	"<=":           {opcode: fcmge, reversed: true},
	"drop":         {opcode: bic, reversed: true},
	formula.Select: {opcode: bit, inPlace: true, reversed: true},
	"and":          {opcode: and},
	"or":           {opcode: orr},
	"addBits":      {opcode: add},
	"toExponent":   {opcode: shl},
}

// A registerSet is a set of vector registers.
type registerSet uint32

func (s registerSet) has(v int) bool { return s>>v&1 == 1 }
func (s *registerSet) add(v int)     { *s |= 1 << v }
func (s *registerSet) remove(v int)  { *s &^= 1 << v }

// take removes the first register of the set.
func (s *registerSet) take() int {
	if *s == 0 {
		panic("asm/arm64: out of vector registers")
	}
	v := bits.TrailingZeros32(uint32(*s))
	s.remove(v)
	return v
}

// operation emits one operation of the program.
func (l *lowering) operation(v *formula.Value) {
	switch v.Op {
	case formula.Load, formula.LoadBytes:
		l.load(v)
	case formula.Store:
		l.store(v)
	case formula.Lanes:
		l.values[v] = l.lanes
	case formula.SetLanes:
		if x := v.Args[0]; l.values[x] != l.lanes || !l.dies(x) {
			panic("asm/arm64: partial results are not updated in place")
		}
	default:
		l.compute(v)
	}
}

// compute emits an operation of one instruction; "larger" has two.
func (l *lowering) compute(v *formula.Value) {
	r, ok := rules[v.Op]
	if !ok {
		panic(fmt.Sprintf("asm/arm64: no instruction for operation %s", v.Op))
	}
	args, dying := l.arguments(v)
	if v.Op == "larger" { // FMAX orders zeros and NaN otherwise
		mask := l.free.take()
		dying.add(mask)
		l.vector(fcmgt, mask, args[0], args[1])
		args = []int{mask, args[0], args[1]}
	}

	overwritable := args
	if last := len(args) - 1; r.inPlace {
		args, overwritable = args[:last], args[last:]
	}
	d := l.destination(overwritable, dying)
	if r.inPlace && d != overwritable[0] {
		l.emit("VMOV V%d.B16, V%d.B16", overwritable[0], d)
	}
	if r.reversed {
		slices.Reverse(args)
	}
	if v.Op == "toExponent" {
		args = append(args, formula.MantissaBits)
	}
	l.vector(r.opcode, append([]int{d}, args...)...)
	dying.remove(d)
	l.free |= dying
	l.values[v] = d
}

// arguments returns the registers of v's arguments, and which of them v is the
// last to use. A constant is loaded into a register for v alone.
func (l *lowering) arguments(v *formula.Value) (args []int, dying registerSet) {
	for _, a := range v.Args {
		var x int
		switch a.Op {
		case formula.Const:
			x = l.free.take()
			l.loadConstant(a.Bits, poolBase, x)
		case formula.Param:
			x = l.scalars[a.Name]
		default:
			x = l.values[a]
		}
		args = append(args, x)
		if l.dies(a) {
			dying.add(x)
		}
	}
	return args, dying
}

// dies reports whether the operation at hand is the last to use v.
func (l *lowering) dies(v *formula.Value) bool {
	return v.Op == formula.Const || v.Op != formula.Param && v.LastUse == l.at
}

// destination is the first of some arguments that dies, else a free register.
func (l *lowering) destination(overwritable []int, dying registerSet) int {
	if i := slices.IndexFunc(overwritable, dying.has); i >= 0 {
		return overwritable[i]
	}
	return l.free.take()
}

func (l *lowering) load(v *formula.Value) {
	d := l.free.take()
	l.values[v] = d
	move, address := l.access(v)
	bytes := v.Op == formula.LoadBytes
	if bytes && l.single {
		l.emit("%s %s, %s", move, address, byteTemp)
		l.emit("FMOVS %s, F%d", byteTemp, d)
	} else {
		l.emit("%s %s, F%d", move, address, d)
	}
	if bytes {
		l.vector(uxtlBytes, d, d)
		l.vector(uxtlHalves, d, d)
		l.vector(ucvtf, d, d)
	}
}

func (l *lowering) store(v *formula.Value) {
	args, dying := l.arguments(v)
	move, address := l.access(v)
	l.emit("%s F%d, %s", move, args[0], address)
	l.free |= dying
}

// access returns the move of v, a load or store, and its address. A stream's
// last access steps its pointer.
func (l *lowering) access(v *formula.Value) (move, address string) {
	move, size := "FMOVQ", 16
	switch bytes := v.Op == formula.LoadBytes; {
	case l.single && bytes:
		move, size = "MOVBU", 1
	case l.single || bytes:
		move, size = "FMOVS", 4
	}
	pointer := l.streams[v.Name]
	if l.lastAccess[v.Name] == v {
		return move + ".P", fmt.Sprintf("%d(%s)", size, pointer)
	}
	return move, fmt.Sprintf("(%s)", pointer)
}
