package nn_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/mnist-fast/mnist-fast/nn"
)

// Weights go to PyTorch, where the state_dict of
// nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10), nn.Softmax(1))
// is the same, and come back.
func ExampleLoadWeights() {
	model, err := nn.NewSequential(784, 1, nn.Dense{Units: 64, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := model.SaveWeights(&file, nn.PyTorchLayout); err != nil {
		log.Fatal(err)
	}
	// The activations are for files that do not tell theirs, as those of PyTorch.
	loaded, err := nn.LoadWeights(&file, nn.ReLU, nn.Softmax)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the same weights:", loaded.SHA256() == model.SHA256())
	// Output:
	// the same weights: true
}
