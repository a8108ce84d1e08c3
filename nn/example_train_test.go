package nn_test

import (
	"context"
	"fmt"
	"log"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// noisyPoints are two overlapping clouds of points, few enough to be learned by
// heart.
func noisyPoints() nn.Dataset {
	x, labels := floats(40, 8, 1), make([]uint8, 40)
	for i := range labels {
		if x.Row(i)[0]+x.Row(i)[1] > 0 {
			labels[i] = 1
		}
	}
	return nn.Dataset{X: x, Y: nn.Labels{Of: labels, Classes: 2}}
}

// A model with dropout, smoothed labels, a schedule and limited gradients, of
// which the average of the weights is kept.
func ExampleConfig() {
	model, err := nn.NewSequential(8, 1,
		nn.Dense{Units: 32, Activation: nn.ReLU, L2: 1e-4, Dropout: 0.5},
		nn.Dense{Units: 2, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	const epochs, batches = 20, 5
	trainer, err := nn.NewTrainer(model, nn.Config{
		BatchSize:       8,
		Schedule:        nn.NewOneCycle(0.01, epochs*batches),
		InputDropout:    0.1,
		Seed:            1,
		LabelSmoothing:  0.1,
		GlobalClipNorm:  1,
		EMA:             0.9,
		EvaluateAverage: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	data := noisyPoints()
	if _, err := trainer.Fit(context.Background(), data, nn.FitConfig{Epochs: epochs, Seed: 1}); err != nil {
		log.Fatal(err)
	}
	metrics, err := trainer.Evaluate(context.Background(), data)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("accuracy %v\n", metrics.Accuracy)
	fmt.Println(trainer.Averaged().SHA256()) // the same on every machine
	// Output:
	// accuracy 1
	// b5c7d3dc58e6b12b552df26014042b3fef5979e20f9c4b3946a6a4f9862b6eef
}

// Ten steps up, then half a cosine down.
func ExampleSchedule() {
	schedule := nn.LinearWarmup{Steps: 10, Then: nn.CosineDecay{InitialLearningRate: 0.1, DecaySteps: 90}}
	for _, step := range []int{0, 5, 10, 55, 100} {
		fmt.Printf("step %3d: %.4f\n", step, schedule.At(step))
	}
	// Output:
	// step   0: 0.0000
	// step   5: 0.0500
	// step  10: 0.1000
	// step  55: 0.0500
	// step 100: 0.0000
}

// The rate is halved whenever the loss no longer falls by much.
func ExampleTrainer_SetLearningRate() {
	_, trainer, points := newLine()
	defer trainer.Close()
	before := 0.0
	plateau := nn.LambdaCallback{OnEpochEnd: func(e nn.Epoch) error {
		if e.Epoch > 1 && e.Loss > 0.5*before {
			return trainer.SetLearningRate(trainer.LearningRate() / 2)
		}
		before = e.Loss
		return nil
	}}
	_, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 12, Seed: 1, Callbacks: []nn.Callback{plateau}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(trainer.LearningRate())
	// Output: 0.05
}

// A sample of weight 0 is not learned.
func ExampleDataset_weights() {
	model, trainer, points := newLine()
	defer trainer.Close()
	points.Y = nn.Floats{Mat: kernels.View([]float32{-1, 1, 3, 1000}, 4, 1)} // the last is wrong
	points.Weights = []float32{1, 1, 1, 0}
	if _, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 100}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("y = %.2fx + %.2f\n", model.Kernel(0).Data[0], model.Bias(0)[0])
	// Output: y = 2.00x + 1.00
}
