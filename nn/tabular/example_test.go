package tabular_test

import (
	"context"
	"fmt"
	"iter"
	"log"
	"strings"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/tabular"
)

// A model is trained on a file larger than memory would be, which is read
// piece by piece. Its schema goes with it, so that it can be used for other files.
func Example() {
	const file = "testdata/iris.csv"
	schema, err := tabular.ScanFile(file, tabular.Config{Target: "species", Inputs: []string{"petal_length", "petal_width"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(schema.Inputs, schema.Classes)
	fmt.Printf("means %.2f, deviations %.2f\n", schema.Scaler.Mean, schema.Scaler.SD)

	model, err := nn.NewSequential(len(schema.Inputs), 1,
		nn.Dense{Units: 8, Activation: nn.Tanh},
		nn.Dense{Units: len(schema.Classes), Activation: nn.Softmax})
	if err != nil {
		log.Fatal(err)
	}
	trainer, err := nn.NewTrainer(model, nn.Config{Optimizer: nn.SGD{LearningRate: 0.2}, BatchSize: 10})
	if err != nil {
		log.Fatal(err)
	}
	defer trainer.Close()
	pieces := func(epoch int) iter.Seq2[nn.Dataset, error] {
		return nn.Shuffle(schema.StreamFile(file, 20), 150, 1, epoch)
	}
	history, err := trainer.FitStream(context.Background(), pieces, nn.FitConfig{Epochs: 30})
	if err != nil {
		log.Fatal(err)
	}
	last := history[len(history)-1]
	fmt.Printf("epoch %d: loss %.3f, accuracy %.3f\n", last.Epoch, last.Loss, last.Accuracy)

	if err := schema.Store(model); err != nil { // model.SaveFile keeps it
		log.Fatal(err)
	}
	classify(model, "id,petal_width,petal_length\nA,0.3,1.4\nB,2.1,5.7\n")
	// Output:
	// [petal_length petal_width] [setosa versicolor virginica]
	// means [3.76 1.20], deviations [1.76 0.76]
	// epoch 30: loss 0.087, accuracy 0.967
	// setosa
	// virginica
}

// classify says what a model thinks of the rows of a file.
func classify(model *nn.Sequential, file string) {
	schema, err := tabular.SchemaOf(model)
	if err != nil {
		log.Fatal(err)
	}
	flowers, err := schema.Read(strings.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	outputs := kernels.NewMat(flowers.X.Len(), model.Outputs())
	if err := model.Predict(context.Background(), outputs, flowers.X); err != nil {
		log.Fatal(err)
	}
	for i := range outputs.Rows {
		fmt.Println(schema.Classes[nn.Argmax(outputs.Row(i))])
	}
}

func ExampleRead() {
	houses := strings.NewReader("area,rooms,price\n80,3,210\n64,2,175\n")
	data, schema, err := tabular.Read(houses, tabular.Config{Target: "price", Regression: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(data.X.Len(), "samples:", schema.Inputs, "to", schema.Target)
	// Output: 2 samples: [area rooms] to price
}

func ExampleError() {
	_, _, err := tabular.Read(strings.NewReader("area,price\n80,210\n?,175\n"), tabular.Config{Regression: true})
	fmt.Println(err)
	// Output: line 3: column "area": "?" is not a number
}
