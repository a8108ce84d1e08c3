package formula

import (
	"fmt"
	"strings"
)

// An Op is an operation of a program, on every lane of its vectors.
type Op uint8

// The operations. x, y, z are the arguments in order.
const (
	Load      Op = iota // the next vector of a float32 stream
	LoadBytes           // the next bytes of a uint8 stream, as float32
	Store               // x to the next vector of a stream
	Param               // a scalar parameter in every lane
	Const               // a constant in every lane
	Lanes               // the running partial results of a reduction
	SetLanes            // x becomes the running partial results
	Add                 // x + y
	Sub                 // x - y
	Mul                 // x · y
	Div                 // x / y
	Sqrt                // √x
	FMA                 // x·y + z, rounded once
	FNMA                // z - x·y, rounded once
	Max                 // x where x > y, else y (so y where one is NaN)
	Less                // mask: x < y (false where one is NaN)
	LessEqual           // mask: x ≤ y (false where one is NaN)
	Drop                // +0 where mask x, else y
	Select              // y where mask x, else z
	AndBits             // x & y
	OrBits              // x | y
	AddBits             // x + y as 32-bit integers
	ShiftLeft           // x << Imm as 32-bit integers
)

// A Value is an operation of a program and the vector that it yields.
type Value struct {
	Op   Op
	Args []*Value
	Name string // of the stream or scalar of Load, LoadBytes, Store, Param
	Imm  uint32 // the bits of Const, the count of ShiftLeft
}

// LaneCount is the number of partial results of a reduction: element i of the
// input goes to partial result i mod LaneCount, on every tier, whatever the
// width of its vectors.
const LaneCount = 16

// A Kernel is a program with its parameters. Its Go signature is
//
//	func(n int, streams ...*float32, [lanes *float32,] scalars ...float32)
//
// A map kernel runs Body for elements 0..n-1. A reduction folds n elements, a
// multiple of LaneCount, into the LaneCount partial results at lanes.
type Kernel struct {
	Name    string
	Doc     string   // the formula, for the doc comment
	Streams []string // float32 pointers, in order; "x:bytes" is a uint8 pointer
	Reduce  bool
	Scalars []string
	Body    func(*Program)
}

// Signature returns the Go signature of the kernel.
func (k Kernel) Signature() string {
	params := []string{"n int"}
	for _, s := range k.Streams {
		name, bytes := StreamName(s)
		if bytes {
			params = append(params, name+" *uint8")
		} else {
			params = append(params, name+" *float32")
		}
	}
	if k.Reduce {
		params = append(params, "lanes *float32")
	}
	for _, s := range k.Scalars {
		params = append(params, s+" float32")
	}
	return "func(" + strings.Join(params, ", ") + ")"
}

// StreamName splits a stream's declaration into its name and whether it is of bytes.
func StreamName(decl string) (name string, bytes bool) {
	return strings.CutSuffix(decl, ":bytes")
}

// Program returns the kernel's operations in order.
func (k Kernel) Program() *Program {
	p := &Program{kernel: k, loaded: map[string]*Value{}}
	k.Body(p)
	return p
}

// A Program is a list of operations in the order in which they run.
type Program struct {
	Values []*Value
	kernel Kernel
	loaded map[string]*Value
}

func (p *Program) emit(op Op, args ...*Value) *Value {
	v := &Value{Op: op, Args: args}
	p.Values = append(p.Values, v)
	return v
}

// LastUse returns, for each value, the index in Values of its last use.
func (p *Program) LastUse() map[*Value]int {
	last := map[*Value]int{}
	for i, v := range p.Values {
		for _, a := range v.Args {
			last[a] = i
		}
	}
	return last
}

// Load reads the next vector of a stream; again after the first time, it
// returns the vector read before.
func (p *Program) Load(stream string) *Value {
	if v, ok := p.loaded[stream]; ok {
		return v
	}
	op := Load
	for _, s := range p.kernel.Streams {
		if name, bytes := StreamName(s); name == stream && bytes {
			op = LoadBytes
		}
	}
	v := p.emit(op)
	v.Name = stream
	p.loaded[stream] = v
	return v
}

// Store writes x to the stream.
func (p *Program) Store(stream string, x *Value) {
	p.emit(Store, x).Name = stream
}

// Param is the scalar parameter of that name.
func (p *Program) Param(name string) *Value {
	for _, s := range p.kernel.Scalars {
		if s == name {
			return &Value{Op: Param, Name: name}
		}
	}
	panic(fmt.Sprintf("formula: %s has no scalar %s", p.kernel.Name, name))
}

// Bits is a constant given by its bits.
func (p *Program) Bits(b uint32) *Value { return &Value{Op: Const, Imm: b} }

// Lanes is the running partial results; SetLanes replaces them.
func (p *Program) Lanes() *Value                   { return p.emit(Lanes) }
func (p *Program) SetLanes(x *Value)               { p.emit(SetLanes, x) }
func (p *Program) Add(x, y *Value) *Value          { return p.emit(Add, x, y) }
func (p *Program) Sub(x, y *Value) *Value          { return p.emit(Sub, x, y) }
func (p *Program) Mul(x, y *Value) *Value          { return p.emit(Mul, x, y) }
func (p *Program) Div(x, y *Value) *Value          { return p.emit(Div, x, y) }
func (p *Program) Sqrt(x *Value) *Value            { return p.emit(Sqrt, x) }
func (p *Program) FMA(x, y, z *Value) *Value       { return p.emit(FMA, x, y, z) }
func (p *Program) FNMA(x, y, z *Value) *Value      { return p.emit(FNMA, x, y, z) }
func (p *Program) Max(x, y *Value) *Value          { return p.emit(Max, x, y) }
func (p *Program) Less(x, y *Value) *Value         { return p.emit(Less, x, y) }
func (p *Program) LessEqual(x, y *Value) *Value    { return p.emit(LessEqual, x, y) }
func (p *Program) Drop(mask, x *Value) *Value      { return p.emit(Drop, mask, x) }
func (p *Program) Select(mask, x, y *Value) *Value { return p.emit(Select, mask, x, y) }
func (p *Program) AndBits(x, y *Value) *Value      { return p.emit(AndBits, x, y) }
func (p *Program) OrBits(x, y *Value) *Value       { return p.emit(OrBits, x, y) }
func (p *Program) AddBits(x, y *Value) *Value      { return p.emit(AddBits, x, y) }

// ShiftLeft is x << n as 32-bit integers.
func (p *Program) ShiftLeft(x *Value, n uint32) *Value {
	v := p.emit(ShiftLeft, x)
	v.Imm = n
	return v
}
