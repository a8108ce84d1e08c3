package augment_test

import (
	"context"
	"fmt"
	"log"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/augment"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

func Example() {
	data, err := mnist.Load()
	if err != nil {
		log.Fatal(err)
	}
	set := data.Train.Slice(0, 2000)
	pixels := nn.Bytes{Data: set.Images, Columns: set.Features(), Divisor: 255}
	images, err := augment.New(pixels, set.Width, augment.Digits(), 1)
	if err != nil {
		log.Fatal(err)
	}
	train := nn.Dataset{X: images, Y: nn.Labels{Of: set.Labels, Classes: data.Classes}}

	model, err := nn.NewSequential(784, 1,
		nn.Dense{Units: 32, Activation: nn.ReLU},
		nn.Dense{Units: 10, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := nn.NewTrainer(model, nn.Config{})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	// Each epoch sees other images; the validation split is of the images as they are.
	history, err := trainer.Fit(context.Background(), train, nn.FitConfig{Epochs: 5, Seed: 1, ValidationSplit: 0.1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.1f %% of the validation images are right\n", 100*history[4].Validation.Accuracy)
	// Output:
	// 91.5 % of the validation images are right
}

// A dot that is moved up to two pixels each way.
func ExampleImages_Epoch() {
	dot := nn.Bytes{Columns: 5 * 5, Divisor: 255, Data: make([]uint8, 25)}
	dot.Data[12] = 255
	images, err := augment.New(dot, 5, augment.Settings{Shift: 2}, 1)
	if err != nil {
		log.Fatal(err)
	}
	k, pixels := kernels.NewCore(kernels.Auto), kernels.NewMat(1, 25)
	for epoch := 1; epoch <= 2; epoch++ {
		images.Epoch(epoch).Gather(k, pixels, []int{0})
		for y := range 5 {
			fmt.Printf("%.2f\n", pixels.Data[5*y:5*y+5])
		}
		fmt.Println()
	}
	// Output:
	// [0.00 0.00 0.00 0.00 0.00]
	// [0.07 0.69 0.00 0.00 0.00]
	// [0.02 0.22 0.00 0.00 0.00]
	// [0.00 0.00 0.00 0.00 0.00]
	// [0.00 0.00 0.00 0.00 0.00]
	//
	// [0.00 0.00 0.00 0.00 0.00]
	// [0.00 0.13 0.42 0.00 0.00]
	// [0.00 0.11 0.35 0.00 0.00]
	// [0.00 0.00 0.00 0.00 0.00]
	// [0.00 0.00 0.00 0.00 0.00]
}
