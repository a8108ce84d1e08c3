// Package onnx writes models as ONNX files (https://onnx.ai), which ONNX Runtime
// and many other programs run, and reads models from such files that PyTorch,
// Keras and others export.
//
//	err := onnx.ExportFile("digits.onnx", model)
//	model, err := onnx.ImportFile("from-pytorch.onnx")
//
// An exported model takes "input" [batch, inputs] and gives "output"
// [batch, outputs], float32 numbers both, for any size of the batch. It
// has a Gemm and an activation for each layer, softmax included, and is of opset
// 13, which ONNX Runtime has read since version 1.6. Its kernels are
// [inputs, units], as in Keras.
//
// What can be imported is a chain of layers: Gemm, or MatMul and Add, with
// Relu, Sigmoid, Tanh or Softmax behind; Flatten and Reshape that keep samples
// apart; and what changes no number: Identity, Cast, Dropout. Weights may be
// initializers, in the file or in another one beside it, or Constant nodes.
// Everything else is an error that names the node and wraps [nn.ErrFormat].
package onnx
