package formula

import "go/ast"

// An Op is an operation of a program, on every lane of its vectors: an operator of Go,
// a function of generic_operations.go by its name, or one of these.
type Op string

const (
	Load      Op = "load"       // the next vector of a float32 stream
	LoadBytes Op = "load bytes" // the next bytes of a uint8 stream, as float32
	Store     Op = "store"      // the argument to the next vector of a stream
	Param     Op = "param"      // a scalar parameter in every lane
	Const     Op = "const"      // a constant in every lane
	Lanes     Op = "lanes"      // the running partial results of a reduction
	SetLanes  Op = "set lanes"  // the argument becomes the running partial results
	Select    Op = "select"     // the second argument where the first, a mask, is set, else the third
)

// MantissaBits are the bits of a float32 below its exponent, by which toExponent shifts.
const MantissaBits = 23

// A Value is an operation of a program and the vector that it yields.
type Value struct {
	Op   Op
	Args []*Value
	Name string // of the parameter of Load, LoadBytes, Store, Param
	Bits uint32 // of Const

	LastUse int // the place in the program of the last operation that it is an argument of
}

// LaneCount is the number of partial results of a reduction: element i of the
// input goes to partial result i mod LaneCount, on every tier, whatever the
// width of its vectors.
const LaneCount = 16

// A Kernel is a program with its parameters. Its Go signature is
//
//	func(n int, streams ...*float32, [lanes *float32,] scalars ...float32)
//
// A map kernel runs its program for elements 0..n-1. A reduction folds n elements, a
// multiple of LaneCount, into the LaneCount partial results at lanes.
type Kernel struct {
	Function
	Streams []string // float32 pointers, in order; one to uint8 is read by LoadBytes
	Reduce  bool
	Scalars []string

	reads map[string]Op // of streams and lanes
	body  *ast.BlockStmt
}

// A Program is a list of operations in the order in which they run.
type Program struct{ Values []*Value }

func (p *Program) emit(op Op, name string, args ...*Value) *Value {
	v := &Value{Op: op, Name: name, Args: args}
	p.Values = append(p.Values, v)
	return v
}
