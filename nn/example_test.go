package nn_test

import (
	"bytes"
	"context"
	"fmt"
	"log"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A model that learns exclusive or.
func Example() {
	model, err := nn.NewSequential(2, 1, // inputs, seed
		nn.Dense{Units: 8, Activation: nn.Tanh},
		nn.Dense{Units: 2, Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := nn.NewTrainer(model, nn.Config{Optimizer: nn.SGD{LearningRate: 0.5}, BatchSize: 4})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()

	inputs := nn.Floats{Mat: kernels.View([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)}
	classes := nn.Labels{Of: []uint8{0, 1, 1, 0}, Classes: 2}
	history, err := trainer.Fit(context.Background(), nn.Dataset{X: inputs, Y: classes}, nn.FitConfig{Epochs: 300, Seed: 1})
	if err != nil {
		log.Fatal(err)
	}
	last := history[len(history)-1]
	fmt.Printf("epoch %d: loss %.5f, accuracy %v\n", last.Epoch, last.Loss, last.Accuracy)

	outputs := kernels.NewMat(4, 2)
	if err := model.Predict(context.Background(), outputs, inputs); err != nil {
		log.Fatal(err)
	}
	for i := range outputs.Rows {
		fmt.Printf("%v is %d: %.3f\n", inputs.Row(i), nn.Argmax(outputs.Row(i)), outputs.Row(i))
	}
	fmt.Println(model.SHA256()) // the same on every machine
	// Output:
	// epoch 300: loss 0.00871, accuracy 1
	// [0 0] is 0: [0.996 0.004]
	// [0 1] is 1: [0.010 0.990]
	// [1 0] is 1: [0.008 0.992]
	// [1 1] is 0: [0.988 0.012]
	// 8c5f6ba062ed8f24562f7f61190478ed90b978334c99a9f919ad8ad3a3139edd
}

// newLine returns a model of a straight line, a trainer for it, and points on
// y = 2x + 1.
func newLine() (*nn.Sequential, *nn.Trainer, nn.Dataset) {
	model, err := nn.NewSequential(1, 1, nn.Dense{Units: 1})
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := nn.NewTrainer(model, nn.Config{Loss: nn.MeanSquaredError, Optimizer: nn.SGD{LearningRate: 0.1}, BatchSize: 2})
	if err != nil {
		log.Fatal(err)
	}
	return model, trainer, nn.Dataset{
		X: nn.Floats{Mat: kernels.View([]float32{-1, 0, 1, 2}, 4, 1)},
		Y: nn.Floats{Mat: kernels.View([]float32{-1, 1, 3, 5}, 4, 1)},
	}
}

// A callback that ends training when the loss is low enough.
func ExampleTrainer_Fit() {
	_, trainer, points := newLine()
	defer trainer.Close()

	stopper := nn.LambdaCallback{OnEpochEnd: func(e nn.Epoch) error {
		fmt.Printf("epoch %d: loss %.4f\n", e.Epoch, e.Loss)
		if e.Loss < 0.01 {
			return nn.ErrStop
		}
		return nil
	}}
	_, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 100, Callbacks: []nn.Callback{stopper}})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// epoch 1: loss 5.3401
	// epoch 2: loss 0.7766
	// epoch 3: loss 0.1347
	// epoch 4: loss 0.0096
}

func ExampleSequential_Predict() {
	model, trainer, points := newLine()
	defer trainer.Close()
	if _, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 50}); err != nil {
		log.Fatal(err)
	}

	x := kernels.View([]float32{10, 20, 30}, 3, 1)
	y := kernels.NewMat(3, 1) // to be used again and again
	if err := model.Predict(context.Background(), y, nn.Floats{Mat: x}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", y.Data)
	// Output: [21.00 41.00 61.00]
}

// A model is kept, and read again.
func ExampleLoad() {
	model, trainer, _ := newLine()
	trainer.Close()

	var file bytes.Buffer
	if err := model.Save(&file); err != nil {
		log.Fatal(err)
	}
	again, err := nn.Load(&file)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again.SHA256() == model.SHA256())
	fmt.Print(again.Summary())
	// Output:
	// true
	//     layer  inputs  units  activation  parameters
	//   dense_1       1      1      linear           2
	//     total                                      2
}

// Training stops in the middle and goes on from a file.
func ExampleLoadTrainer() {
	_, trainer, points := newLine()
	defer trainer.Close()
	if _, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 3, Seed: 1}); err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := trainer.Save(&file); err != nil {
		log.Fatal(err)
	}

	resumed, err := nn.LoadTrainer(&file, nn.Config{}) // workers and tier may be others
	if err != nil {
		log.Fatal(err)
	}
	defer resumed.Close()
	for _, t := range []*nn.Trainer{trainer, resumed} {
		history, err := t.Fit(context.Background(), points, nn.FitConfig{Epochs: 3, Seed: 2})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(history[2].Loss)
	}
	// Output:
	// 0.000112719900030811
	// 0.000112719900030811
}

// squares is a table that computes its rows, one number each: the squares of
// row numbers.
type squares struct{ rows int }

func (s squares) Len() int        { return s.rows }
func (s squares) Width() int      { return 1 }
func (s squares) Validate() error { return nil }

func (s squares) Gather(_ *kernels.Core, dst kernels.Mat, rows []int) {
	for i, r := range rows {
		dst.Row(i)[0] = float32(r * r)
	}
}

// Any type with a table's methods can be predicted from, or trained on.
func ExampleTable() {
	model, trainer, _ := newLine()
	trainer.Close()
	if err := model.SetWeights(0, kernels.View([]float32{2}, 1, 1), []float32{1}); err != nil {
		log.Fatal(err)
	}
	y := kernels.NewMat(5, 1)
	if err := model.Predict(context.Background(), y, squares{5}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(y.Data)
	// Output: [1 3 9 19 33]
}
