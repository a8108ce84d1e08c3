package onnx

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Each graph makes what is wanted of the sample [1, 2].
func TestImportOperators(t *testing.T) {
	// w is [[1 2] [3 4]]: x·w = [7 10], x·wᵀ = [5 11].
	w, b := constant(counted("w", 2, 2)), constant(counted("b", 2))
	for name, test := range map[string]struct {
		parts []piece
		want  []float32
	}{
		"MatMul":           {[]piece{w, op("MatMul x w -> y")}, []float32{7, 10}},
		"MatMul, Add":      {[]piece{w, b, op("MatMul x w -> m"), op("Add m b -> y")}, []float32{8, 12}},
		"Add turned round": {[]piece{w, b, op("MatMul x w -> m"), op("Add b m -> y")}, []float32{8, 12}},
		"two Adds":         {[]piece{w, b, op("Gemm x w b -> m"), op("Add b m -> y")}, []float32{9, 14}},
		"Gemm":             {[]piece{w, b, op("Gemm x w b -> y")}, []float32{8, 12}},
		"Gemm transB":      {[]piece{w, b, op("Gemm x w b -> y", intAttr("transB", 1))}, []float32{6, 13}},
		"Gemm alpha, beta": {[]piece{w, b, op("Gemm x w b -> y", floatAttr("alpha", 2), floatAttr("beta", -1))}, []float32{13, 18}},
		"Gemm without C":   {[]piece{w, op("Gemm x w -> y")}, []float32{7, 10}},
		"a row of biases":  {[]piece{w, constant(counted("c", 1, 2)), op("Gemm x w c -> y")}, []float32{8, 12}},
		"one bias":         {[]piece{w, constant(counted("c")), op("Gemm x w c -> y")}, []float32{8, 11}},
		"Transpose":        {[]piece{w, op("Transpose w -> v"), op("MatMul x v -> y")}, []float32{5, 11}},
		"Transpose twice":  {[]piece{w, op("Transpose w -> v"), op("Gemm x v -> y", intAttr("transB", 1))}, []float32{7, 10}},
		"Constant":         {[]piece{op("Constant -> w", tensorAttr(counted("", 2, 2))), op("MatMul x w -> y")}, []float32{7, 10}},
		"float_data": {[]piece{constant(floatData("w", tensorFloatData, float32Type, packed(32, 1, 2, 3, 4), 2, 2)),
			op("MatMul x w -> y")}, []float32{7, 10}},
		"double_data": {[]piece{constant(floatData("w", tensorDoubleData, float64Type, packed(64, 1, 2, 3, 4), 2, 2)),
			op("MatMul x w -> y")}, []float32{7, 10}},
		"Relu": {[]piece{w, constant(floatsMessage("c", []float32{-9, 0}, 2)), op("Gemm x w c -> m"), op("Relu m -> y")}, []float32{0, 10}},
		"what changes nothing": {[]piece{w, op("Identity w -> i"), op("Cast i -> j", intAttr("to", float64Type)), op("Identity x -> a"),
			op("MatMul a j -> m"), op("Cast m -> n", intAttr("to", float32Type)), op("Dropout n -> o mask"), op("Flatten o -> p"),
			constant(integersMessage("s", 0, -1)), op("Reshape p s -> y")}, []float32{7, 10}},
		"what the output does not need": {[]piece{w, op("MatMul x w -> y"), op("Shape x -> s"), op("Loop s -> t")}, []float32{7, 10}},
	} {
		m, err := Import(bytes.NewReader(file(test.parts...)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		y := kernels.NewMat(1, 2)
		if err := m.Predict(context.Background(), y, nn.Floats{Mat: kernels.View([]float32{1, 2}, 1, 2)}); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(y.Data) != fmt.Sprint(test.want) {
			t.Errorf("%s: %v, want %v", name, y.Data, test.want)
		}
	}
}

// Samples that are not rows yet.
func TestImportShapes(t *testing.T) {
	w := constant(counted("w", 6, 2))
	shape := func(dims ...int) piece { return constant(integersMessage("s", dims...)) }
	matMul := op("MatMul r w -> y")
	for name, test := range map[string]struct {
		parts []piece
		about string // "": no error
	}{
		"Flatten":               {[]piece{in("x", float32Type, dynamic, 2, 3), op("Flatten x -> r"), matMul}, ""},
		"no shape":              {[]piece{in("x", float32Type), op("Flatten x -> r"), matMul}, ""},
		"open dimensions":       {[]piece{in("x", float32Type, dynamic, dynamic, 3), op("Flatten x -> r"), matMul}, ""},
		"Reshape to [-1 6]":     {[]piece{in("x", float32Type, dynamic, 2, 3), shape(-1, 6), op("Reshape x s -> r"), matMul}, ""},
		"Reshape to [0 -1]":     {[]piece{in("x", float32Type, dynamic, 2, 3), shape(0, -1), op("Reshape x s -> r"), matMul}, ""},
		"Reshape to [4 -1]":     {[]piece{in("x", float32Type, 4, 2, 3), shape(4, -1), op("Reshape x s -> r"), matMul}, ""},
		"Reshape, Flatten":      {[]piece{in("x", float32Type, dynamic, 6), shape(-1, 3, 2), op("Reshape x s -> t"), op("Flatten t -> r"), matMul}, ""},
		"Flatten of axis 2":     {[]piece{in("x", float32Type, dynamic, 2, 3), op("Flatten x -> r", intAttr("axis", 2)), matMul}, "axis 2"},
		"samples mixed":         {[]piece{in("x", float32Type, dynamic, 2, 3), shape(-1, 3), op("Reshape x s -> r"), matMul}, "[-1 3]"},
		"another batch":         {[]piece{in("x", float32Type, 4, 2, 3), shape(2, -1), op("Reshape x s -> r"), matMul}, "[2 -1]"},
		"a shape of floats":     {[]piece{in("x", float32Type, 4, 2, 3), constant(counted("s", 2)), op("Reshape x s -> r"), matMul}, "want integers"},
		"not flat":              {[]piece{in("x", float32Type, dynamic, 1, 6), op("Identity x -> r"), matMul}, "2 dimensions"},
		"other width":           {[]piece{in("x", float32Type, dynamic, 5), op("Identity x -> r"), matMul}, "a sample has 5"},
		"no batch":              {[]piece{in("x", float32Type, 6), op("Identity x -> r"), matMul}, "in a batch"},
		"integers":              {[]piece{in("x", int64Type, dynamic, 6), op("Identity x -> r"), matMul}, "INT64"},
		"two inputs":            {[]piece{in("x", float32Type, dynamic, 6), in("z", float32Type, 1), op("Identity x -> r"), matMul}, "2 inputs"},
		"initializers as input": {[]piece{in("x", float32Type, dynamic, 6), in("w", float32Type, 6, 2), op("Identity x -> r"), matMul}, ""},
	} {
		_, err := Import(bytes.NewReader(bare(append(test.parts, w, out("y"))...)))
		if test.about == "" && err != nil || test.about != "" && (!errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), test.about)) {
			t.Errorf("%s: error %v, want one about %q", name, err, test.about)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	w, b := constant(counted("w", 2, 2)), constant(counted("b", 2))
	gemm := op("Gemm x w b -> m")
	var external message
	external.number(tensorDims, 2)
	external.number(tensorDims, 2)
	external.number(tensorDataType, float32Type)
	external.text(tensorName, "w")
	external.message(tensorExternalData, entryMessage("location", "weights.bin"))
	var foreign message
	foreign.text(nodeOpType, "Relu")
	foreign.text(nodeDomain, "com.microsoft")
	foreign.text(nodeInput, "m")
	foreign.text(nodeOutput, "y")
	for about, parts := range map[string][]piece{
		"no layers":             {op("Identity x -> y")},
		`"y" is neither`:        {w, b, gemm},
		`"q" is neither`:        {w, b, op("Gemm q w b -> y")},
		`"y" is a constant`:     {w, op("Identity w -> y")},
		`"x" is not a constant`: {op("MatMul x x -> y")},
		"several nodes":         {w, b, gemm, op("Relu m -> a"), op("Add m a -> y")},
		"transA":                {w, op("Gemm x w -> y", intAttr("transA", 1))},
		"another layer, too":    {w, op("MatMul x w -> m"), op("MatMul m w -> y")},
		"between it and the":    {w, b, gemm, op("Relu m -> a"), op("Relu a -> y")},
		"before it":             {op("Relu x -> y")},
		"axis 0":                {w, b, gemm, op("Softmax m -> y", intAttr("axis", 0))},
		"to INT64":              {w, b, gemm, op("Cast m -> y", intAttr("to", int64Type))},
		"training mode":         {w, b, gemm, constant(floatData("t", tensorRawData, boolType, []byte{1})), op("Dropout m _ t -> y")},
		"perm [0 1]":            {w, op("Transpose w -> v", func(n *message) { n.message(nodeAttribute, permAttr(0, 1)) }), op("MatMul x v -> y")},
		"a matrix of FLOAT":     {constant(counted("w", 2, 2, 1)), op("MatMul x w -> y")},
		"FLOAT16":               {constant(floatData("w", tensorRawData, 10, make([]byte, 8), 2, 2)), op("MatMul x w -> y")},
		"3 numbers for":         {constant(floatData("w", tensorRawData, float32Type, make([]byte, 12), 2, 2)), op("MatMul x w -> y")},
		"its shape":             {constant(floatData("w", tensorRawData, float32Type, nil, 1<<30, 1<<30)), op("MatMul x w -> y")},
		"want 2 numbers":        {w, constant(counted("c", 3)), op("Gemm x w c -> y")},
		"shape [2 1]":           {w, constant(counted("c", 2, 1)), op("Gemm x w c -> y")},
		"without a number":      {op("Constant -> w"), op("MatMul x w -> y")},
		"only ImportFile":       {constant(external), op("MatMul x w -> y")},
		`"w": want a constant`:  {constant(counted("w", 4)), op("Transpose w -> v"), op("MatMul x v -> y")},
		`"x": want a constant`:  {op("Transpose x -> v"), w, op("MatMul v w -> y")},
		"second value":          {w, b, gemm, op("Relu m -> x"), op("Identity x -> y")},
		"not an operator":       {w, b, gemm, func(g *message) { g.message(graphNode, foreign) }},
		"with a softmax":        {w, b, gemm, op("LogSoftmax m -> y")},
		"more than 4 biases":    {w, b, gemm, op("Add m b -> n"), op("Add n b -> o"), op("Add o b -> p"), op("Add p b -> y")},
		"want at most 8":        {constant(integersMessage("s", 1, 1, 1, 1, 1, 1, 1, 1, 1)), op("Reshape x s -> y")},
		"several pieces": {constant(append(counted("w", 2, 2), floatData("", tensorRawData, float32Type, make([]byte, 4))...)),
			op("MatMul x w -> y")},
	} {
		_, err := Import(bytes.NewReader(file(parts...)))
		if !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), about) {
			t.Errorf("error %v, want one about %q", err, about)
		}
	}

	var many []piece
	for range maxFields / 3 {
		many = append(many, op("Relu x -> y"))
	}
	whole := file(w, op("MatMul x w -> y"))
	old := bytes.Replace(whole, []byte{byte(opsetVersion << 3), opset}, []byte{byte(opsetVersion << 3), 6}, 1)
	for about, file := range map[string][]byte{
		"not an ONNX":   nil,
		"opset 6":       old,
		"damaged":       whole[:len(whole)-1],
		"node 2: unexp": file(op("Relu x -> y"), func(g *message) { g.message(graphNode, message{0x0a, 5}) }),
		"it lacks":      whole[:2],
		"0 outputs":     bare(in("x", float32Type), w, op("MatMul x w -> y")),
		"more than":     file(many...),
		"another type":  {0x0a, 0}, // a version of bytes
	} {
		_, err := Import(bytes.NewReader(file))
		if !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), about) {
			t.Errorf("error %v, want one about %q", err, about)
		}
	}
}

// Biases that a file does not have may not make a model much larger than it.
func TestImportOfAnInflatedModel(t *testing.T) {
	const units = 5 << 20
	weights := floatData("w", tensorRawData, float32Type, make([]byte, 4*units), 1, units)
	_, err := Import(bytes.NewReader(bare(in("x", float32Type, dynamic, 1), constant(weights), op("MatMul x w -> y"), out("y"))))
	if !errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), "larger than its file") {
		t.Errorf("error %v", err)
	}
}
