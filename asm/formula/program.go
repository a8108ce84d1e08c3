package formula

import "go/ast"

// An Op is an operation of a program, on every lane of its vectors.
type Op uint8

// The operations. x, y, z are the arguments in order.
const (
	Load       Op = iota // the next vector of a float32 stream
	LoadBytes            // the next bytes of a uint8 stream, as float32
	Store                // x to the next vector of a stream
	Param                // a scalar parameter in every lane
	Const                // a constant in every lane
	Lanes                // the running partial results of a reduction
	SetLanes             // x becomes the running partial results
	Add                  // x + y
	Sub                  // x - y
	Mul                  // x · y
	Div                  // x / y
	Sqrt                 // √x
	FMA                  // x·y + z, rounded once
	FNMA                 // z - x·y, rounded once
	Max                  // x where x > y, else y (so y where one is NaN)
	Less                 // mask: x < y (false where one is NaN)
	LessEqual            // mask: x ≤ y (false where one is NaN)
	Drop                 // +0 where mask x, else y
	Select               // y where mask x, else z
	AndBits              // x & y
	OrBits               // x | y
	AddBits              // x + y as 32-bit integers
	ToExponent           // x << MantissaBits as 32-bit integers
)

// MantissaBits are the bits of a float32 below its exponent.
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
	Name      string
	Doc       string // the formula, for the doc comment
	Signature string
	Streams   []string // float32 pointers, in order; one to uint8 is read by LoadBytes
	Reduce    bool
	Scalars   []string

	reads map[string]Op // of streams and lanes
	body  *ast.BlockStmt
}

// Kernels lists every kernel in the order in which it is generated.
func Kernels() []Kernel { return kernels }

// A Program is a list of operations in the order in which they run.
type Program struct{ Values []*Value }

func (p *Program) emit(op Op, name string, args ...*Value) *Value {
	v := &Value{Op: op, Name: name, Args: args}
	p.Values = append(p.Values, v)
	return v
}
