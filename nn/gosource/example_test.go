package gosource_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/gosource"
)

// A model becomes the source of a package "digits" with a function Predict.
func ExampleExport() {
	model, err := nn.NewSequential(784, 1, nn.Dense{Units: 64, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	var file strings.Builder
	if err := gosource.Export(&file, model, "digits"); err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(file.String()) {
		if strings.HasPrefix(line, "package ") || strings.HasPrefix(line, "func Predict") {
			fmt.Print(line)
		}
	}
	// Output:
	// package digits
	// func Predict(in []float32) []float32 {
	// func PredictInto(out, in []float32) {
}
