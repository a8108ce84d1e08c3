package nn_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"math/rand/v2"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

// A classifier of rows of a CSV file: three kinds of irises, told apart by the
// sizes of their leaves (R. A. Fisher, 1936).
func Example_classification() {
	data, schema, err := tabular.ReadFile("tabular/testdata/iris.csv", tabular.Config{Target: "species"})
	if err != nil {
		log.Fatal(err)
	}
	train, test, err := data.Split(0.2, 1) // a fifth of each kind to test with; seed
	if err != nil {
		log.Fatal(err)
	}
	schema.Standardize(train.X)
	train, test = schema.Scale(train), schema.Scale(test)

	model, err := nn.NewSequential(len(schema.Inputs), 1,
		nn.Dense{Units: 16, Activation: nn.ReLU},
		nn.Dense{Units: len(schema.Classes), Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	adam := nn.NewAdam()
	adam.LearningRate = 0.01
	trainer, err := nn.NewTrainer(model, nn.Config{Optimizer: adam, BatchSize: 16})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	if _, err := trainer.Fit(context.Background(), train, nn.FitConfig{Epochs: 40, Seed: 1}); err != nil {
		log.Fatal(err)
	}
	metrics, err := trainer.Evaluate(context.Background(), test)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d to train, %d to test: loss %.3f, accuracy %.3f\n", train.X.Len(), test.X.Len(), metrics.Loss, metrics.Accuracy)

	outputs := kernels.NewMat(test.X.Len(), model.Outputs())
	if err := model.Predict(context.Background(), outputs, test.X); err != nil {
		log.Fatal(err)
	}
	for _, i := range []int{0, 10, 20} {
		fmt.Printf("flower %d is %s: %.2f\n", i, schema.Classes[nn.Argmax(outputs.Row(i))], outputs.Row(i))
	}
	// Output:
	// 120 to train, 30 to test: loss 0.107, accuracy 0.933
	// flower 0 is setosa: [1.00 0.00 0.00]
	// flower 10 is versicolor: [0.02 0.98 0.00]
	// flower 20 is virginica: [0.00 0.00 1.00]
}

// waves are n samples of a smooth function of two numbers, with noise from -0.2
// to 0.2: a standard deviation of 0.115.
func waves(n int, seed uint64) nn.Dataset {
	r := rand.New(rand.NewPCG(seed, 0))
	x, y := kernels.NewMat(n, 2), kernels.NewMat(n, 1)
	for i := range n {
		a, b := float64(2*r.Float64())-1, float64(2*r.Float64())-1
		x.Set(i, 0, float32(a))
		x.Set(i, 1, float32(b))
		wave := float64(3*a*(float64(a*a)-0.5)) + float64(a*b) // the conversions keep fused operations out
		y.Set(i, 0, float32(wave+float64(0.4*r.Float64())-0.2))
	}
	return nn.Dataset{X: nn.Floats{Mat: x}, Y: nn.Floats{Mat: y}}
}

// A regression: linear outputs, and the mean squared error as the loss. The noise
// is what no model can predict.
func Example_regression() {
	train, test := waves(1000, 1), waves(200, 2)
	model, err := nn.NewSequential(2, 1,
		nn.Dense{Units: 32, Activation: nn.Tanh},
		nn.Dense{Units: 16, Activation: nn.Tanh},
		nn.Dense{Units: 1})
	if err != nil {
		log.Fatal(err)
	}
	adam := nn.NewAdam()
	adam.LearningRate = 0.005
	trainer, err := nn.NewTrainer(model, nn.Config{Loss: nn.MeanSquaredError, Optimizer: adam})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	history, err := trainer.Fit(context.Background(), train, nn.FitConfig{Epochs: 40, Seed: 1, Validation: &test})
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range []nn.Epoch{history[0], history[9], history[39]} {
		fmt.Printf("epoch %d: loss %.4f, validation %.4f\n", e.Epoch, e.Loss, e.Validation.Loss)
	}
	report, err := model.RegressionReport(context.Background(), test, nn.Config{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("mean absolute error %.3f, root mean squared error %.3f, R² %.3f\n",
		report.MAE(), report.RMSE(), report.R2())
	// Output:
	// epoch 1: loss 0.3368, validation 0.3655
	// epoch 10: loss 0.0500, validation 0.0502
	// epoch 40: loss 0.0183, validation 0.0179
	// mean absolute error 0.113, root mean squared error 0.134, R² 0.954
}

// Samples that are made, or read, while they are trained on: any number of them.
func ExampleTrainer_FitStream() {
	model, trainer, _ := newLine()
	defer trainer.Close()

	pieces := func(epoch int) iter.Seq2[nn.Dataset, error] {
		return func(yield func(nn.Dataset, error) bool) {
			for i := range 100 {
				x := float32(i%10)/5 - 1
				point := nn.Dataset{
					X: nn.Floats{Mat: kernels.View([]float32{x}, 1, 1)},
					Y: nn.Floats{Mat: kernels.View([]float32{2*x + 1}, 1, 1)},
				}
				if !yield(point, nil) {
					return
				}
			}
		}
	}
	shuffled := func(epoch int) iter.Seq2[nn.Dataset, error] {
		return nn.Shuffle(pieces(epoch), 20, 1, epoch) // as far as 20 samples in memory go; seed
	}
	history, err := trainer.FitStream(context.Background(), shuffled, nn.FitConfig{Epochs: 3})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d samples an epoch\n", history[0].Samples)
	fmt.Printf("y = %.3f·x + %.3f\n", model.Kernel(0).Data[0], model.Bias(0)[0])
	// Output:
	// 100 samples an epoch
	// y = 2.000·x + 1.000
}

func ExampleDataset_Split() {
	data := nn.Dataset{
		X: nn.Floats{Mat: kernels.View([]float32{0, 1, 2, 3, 4, 5, 6, 7}, 8, 1)},
		Y: nn.Labels{Of: []uint8{0, 0, 0, 0, 1, 1, 1, 1}, Classes: 2},
	}
	train, test, err := data.Split(0.25, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("classes to train on", train.Y.(nn.Labels).Of)
	fmt.Println("classes to test with", test.Y.(nn.Labels).Of)
	// Output:
	// classes to train on [0 0 0 1 1 1]
	// classes to test with [0 1]
}
