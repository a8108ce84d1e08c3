package onnx

import (
	"fmt"
	"io"
	"math"

	"github.com/mnist-fast/mnist-fast/nn"
	"google.golang.org/protobuf/encoding/protowire"
)

// Opset 13 came with version 7 of the format, in ONNX 1.8 (2020).
const (
	irVersion = 7
	opset     = 13
)

// A model's input, output and the name of their first axis.
const (
	inputName  = "input"
	outputName = "output"
	batchName  = "batch"
)

// maxBytes is what a protocol buffer may have.
const maxBytes = math.MaxInt32

// ExportFile writes the model to a file, as nn.Sequential.SaveFile does.
func ExportFile(path string, m *nn.Sequential) error {
	return nn.WriteFile(path, func(w io.Writer) error { return Export(w, m) })
}

// Export writes the model as an ONNX file. It fails if the model is too large for
// one, 2 GB.
func Export(w io.Writer, m *nn.Sequential) error {
	const overhead = 1 << 20
	if m.Params() > (maxBytes-overhead)/4 {
		return fmt.Errorf("onnx: %d weights are too many: an ONNX file may have 2 GB", m.Params())
	}
	_, err := w.Write(modelMessage(m))
	return err
}

func modelMessage(m *nn.Sequential) message {
	var set message
	set.text(opsetDomain, "")
	set.number(opsetVersion, opset)

	var b message
	b.number(modelIRVersion, irVersion)
	b.text(modelProducerName, "mnist-fast")
	b.message(modelOpsetImport, set)
	b.message(modelGraph, graphMessage(m))
	b.message(modelMetadata, entryMessage("architecture", architecture(m)))
	b.message(modelMetadata, entryMessage("weights_sha256", m.SHA256()))
	return b
}

// architecture describes the model, as in "784-256 relu-10 softmax".
func architecture(m *nn.Sequential) string {
	text := fmt.Sprint(m.Inputs())
	for _, l := range m.Layers() {
		text += fmt.Sprintf("-%d %v", l.Units, l.Activation)
	}
	return text
}

func entryMessage(key, value string) (b message) {
	b.text(entryKey, key)
	b.text(entryValue, value)
	return b
}

// operators are those of the activations. Linear has none.
var operators = map[nn.Activation]string{nn.ReLU: "Relu", nn.Sigmoid: "Sigmoid", nn.Tanh: "Tanh", nn.Softmax: "Softmax"}

// graphMessage is a chain of nodes. What a node puts out has the node's name,
// but at the end.
func graphMessage(m *nn.Sequential) (b message) {
	b.text(graphName, "mnist-fast")
	layers := m.Layers()
	last := inputName
	for i, l := range layers {
		name := fmt.Sprintf("dense_%d", i+1)
		kernel, bias, k := name+".kernel", name+".bias", m.Kernel(i)
		b.message(graphInitializer, floatsMessage(kernel, k.Data, k.Rows, k.Cols))
		b.message(graphInitializer, floatsMessage(bias, m.Bias(i), l.Units))

		isLast := i == len(layers)-1
		operator, activated := operators[l.Activation]
		b.message(graphNode, nodeMessage("Gemm", name, isLast && !activated, last, kernel, bias))
		last = name
		if activated { // Softmax is along the last axis by default
			last = name + "_" + l.Activation.String()
			b.message(graphNode, nodeMessage(operator, last, isLast, name))
		}
	}
	b.message(graphInput, valueMessage(inputName, m.Inputs()))
	b.message(graphOutput, valueMessage(outputName, m.Outputs()))
	return b
}

func nodeMessage(operator, name string, isLast bool, inputs ...string) (b message) {
	for _, in := range inputs {
		b.text(nodeInput, in)
	}
	output := name
	if isLast {
		output = outputName
	}
	b.text(nodeOutput, output)
	b.text(nodeName, name)
	b.text(nodeOpType, operator)
	return b
}

// floatsMessage is a TensorProto.
func floatsMessage(name string, xs []float32, dims ...int) (b message) {
	for _, d := range dims {
		b.number(tensorDims, d)
	}
	b.number(tensorDataType, float32Type)
	b.text(tensorName, name)
	raw := make([]byte, 0, 4*len(xs))
	for _, x := range xs {
		raw = protowire.AppendFixed32(raw, math.Float32bits(x)) // little-endian, as raw data are
	}
	b.message(tensorRawData, raw)
	return b
}

// valueMessage is a ValueInfoProto: [batch, width] numbers.
func valueMessage(name string, width int) (b message) {
	var batch, features, shape, tensor, kind message
	batch.text(dimParam, batchName)
	features.number(dimValue, width)
	shape.message(shapeDim, batch)
	shape.message(shapeDim, features)
	tensor.number(tensorTypeElement, float32Type)
	tensor.message(tensorTypeShape, shape)
	kind.message(typeTensor, tensor)
	b.text(valueName, name)
	b.message(valueType, kind)
	return b
}

// A message is one of protocol buffers' in the making.
type message []byte

func (b *message) number(field protowire.Number, n int) {
	*b = protowire.AppendTag(*b, field, protowire.VarintType)
	*b = protowire.AppendVarint(*b, uint64(n))
}

func (b *message) text(field protowire.Number, s string) {
	*b = protowire.AppendTag(*b, field, protowire.BytesType)
	*b = protowire.AppendString(*b, s)
}

func (b *message) message(field protowire.Number, m message) {
	*b = protowire.AppendTag(*b, field, protowire.BytesType)
	*b = protowire.AppendBytes(*b, m)
}
