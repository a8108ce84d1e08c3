package onnx

import (
	"math"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// A piece is something in a graph.
type piece func(graph *message)

// file is a model of these parts, with an input "x" of [batch, 2] and an output "y".
func file(parts ...piece) []byte {
	g := append([]piece{in("x", float32Type, dynamic, 2)}, parts...)
	return bare(append(g, out("y"))...)
}

// bare is a model of these parts alone.
func bare(parts ...piece) []byte {
	var g, set, b message
	for _, p := range parts {
		p(&g)
	}
	set.number(opsetVersion, opset)
	b.number(modelIRVersion, irVersion)
	b.message(modelOpsetImport, set)
	b.message(modelGraph, g)
	return b
}

func in(name string, dataType int, dims ...int) piece {
	var shape, tensor, kind, v message
	for _, d := range dims {
		var dim message
		if d != dynamic {
			dim.number(dimValue, d)
		}
		shape.message(shapeDim, dim)
	}
	tensor.number(tensorTypeElement, dataType)
	if dims != nil {
		tensor.message(tensorTypeShape, shape)
	}
	kind.message(typeTensor, tensor)
	v.text(valueName, name)
	v.message(valueType, kind)
	return func(g *message) { g.message(graphInput, v) }
}

func out(name string) piece {
	var v message
	v.text(valueName, name)
	return func(g *message) { g.message(graphOutput, v) }
}

// An attr changes a node.
type attr func(n *message)

func intAttr(name string, x int) attr {
	return func(n *message) {
		var a message
		a.text(attributeName, name)
		a.number(attributeInt, x)
		n.message(nodeAttribute, a)
	}
}

func floatAttr(name string, x float32) attr {
	return func(n *message) {
		var a message
		a.text(attributeName, name)
		a = protowire.AppendTag(a, attributeFloat, protowire.Fixed32Type)
		a = protowire.AppendFixed32(a, math.Float32bits(x))
		n.message(nodeAttribute, a)
	}
}

func tensorAttr(t message) attr {
	return func(n *message) {
		var a message
		a.text(attributeName, "value")
		a.message(attributeTensor, t)
		n.message(nodeAttribute, a)
	}
}

// op is a node, as in op("Gemm x w b -> y").
func op(text string, attrs ...attr) piece {
	left, right, _ := strings.Cut(text, "->")
	fields := strings.Fields(left)
	var n message
	n.text(nodeOpType, fields[0])
	for _, name := range fields[1:] {
		n.text(nodeInput, strings.Trim(name, "_")) // _: none
	}
	for _, name := range strings.Fields(right) {
		n.text(nodeOutput, name)
	}
	for _, a := range attrs {
		a(&n)
	}
	return func(g *message) { g.message(graphNode, n) }
}

func constant(t message) piece { return func(g *message) { g.message(graphInitializer, t) } }

// counted is a tensor of 1, 2, 3 and so on.
func counted(name string, dims ...int) message {
	n := 1
	for _, d := range dims {
		n *= d
	}
	xs := make([]float32, n)
	for i := range xs {
		xs[i] = float32(i + 1)
	}
	return floatsMessage(name, xs, dims...)
}

// integersMessage is a TensorProto of int64 numbers.
func integersMessage(name string, xs ...int) (b message) {
	b.number(tensorDims, len(xs))
	b.number(tensorDataType, int64Type)
	b.text(tensorName, name)
	for _, x := range xs {
		b.number(tensorInt64Data, x)
	}
	return b
}

// floatData is a tensor that has its numbers in the field of their type.
func floatData(name string, field protowire.Number, dataType int, packed []byte, dims ...int) (b message) {
	for _, d := range dims {
		b.number(tensorDims, d)
	}
	b.number(tensorDataType, dataType)
	b.text(tensorName, name)
	b.message(field, packed)
	return b
}

func packed(bits int, xs ...float64) (b []byte) {
	for _, x := range xs {
		if bits == 64 {
			b = protowire.AppendFixed64(b, math.Float64bits(x))
		} else {
			b = protowire.AppendFixed32(b, math.Float32bits(float32(x)))
		}
	}
	return b
}

func permAttr(perm ...int) (a message) {
	a.text(attributeName, "perm")
	for _, p := range perm {
		a.number(attributeInts, p)
	}
	return a
}
