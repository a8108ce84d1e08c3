package onnx_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/onnx"
)

// A model goes into a file, which ONNX Runtime can run, and comes back.
func Example() {
	model, err := nn.NewSequential(784, 1, nn.Dense{Units: 64, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := onnx.Export(&file, model); err != nil {
		log.Fatal(err)
	}
	imported, err := onnx.Import(&file)
	if err != nil {
		log.Fatal(err)
	}
	for _, layer := range imported.Layers() {
		fmt.Println(layer.Units, layer.Activation)
	}
	fmt.Println("the same weights:", imported.SHA256() == model.SHA256())
	// Output:
	// 64 relu
	// 10 softmax
	// the same weights: true
}
