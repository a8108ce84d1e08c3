// Package tabular reads tables of numbers from CSV files, to train models of
// package nn on them, and to use these models later.
//
// A program that learns to tell flowers apart, and keeps what it has learned:
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//
//		"github.com/mnist-fast/mnist-fast/nn"
//		"github.com/mnist-fast/mnist-fast/nn/tabular"
//	)
//
//	func main() {
//		data, schema, err := tabular.ReadFile("iris.csv", tabular.Config{Target: "species"})
//		if err != nil {
//			log.Fatal(err) // such as: iris.csv: line 7: column "petal_width": missing value
//		}
//		train, test, err := data.Split(0.2, 1) // share to test with, seed
//		if err != nil {
//			log.Fatal(err)
//		}
//		schema.Standardize(train.X)
//		train, test = schema.Scale(train), schema.Scale(test)
//
//		model, err := nn.NewSequential(len(schema.Inputs), 1,
//			nn.Dense{Units: 16, Activation: nn.ReLU},
//			nn.Dense{Units: len(schema.Classes), Activation: nn.Softmax})
//		if err != nil {
//			log.Fatal(err)
//		}
//		trainer, err := nn.NewTrainer(model, nn.Config{BatchSize: 8})
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer trainer.Close()
//		if _, err := trainer.Fit(context.Background(), train, nn.FitConfig{Epochs: 100, Seed: 1}); err != nil {
//			log.Fatal(err)
//		}
//		metrics, err := trainer.Evaluate(context.Background(), test)
//		if err != nil {
//			log.Fatal(err)
//		}
//		fmt.Printf("accuracy %.1f %%\n", 100*metrics.Accuracy)
//
//		if err := schema.Store(model); err != nil { // columns, classes, means and deviations
//			log.Fatal(err)
//		}
//		if err := model.SaveFile("iris.safetensors"); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// And the heart of another, that says what other flowers are:
//
//	model, err := nn.LoadFile("iris.safetensors")
//	…
//	schema, err := tabular.SchemaOf(model)
//	…
//	flowers, err := schema.ReadFile("new.csv") // these columns, in any order, among others
//	…
//	outputs := kernels.NewMat(flowers.X.Len(), model.Outputs())
//	err = model.Predict(ctx, outputs, flowers.X)
//	…
//	fmt.Println(schema.Classes[nn.Argmax(outputs.Row(0))])
//
// For a regression, set [Config].Regression, end the model with
// nn.Dense{Units: 1}, train it with nn.MeanSquaredError, and score it with
// [nn.Sequential.RegressionReport].
//
// # Files
//
// The first line names the columns, unless Config.NoHeader says otherwise; a
// column without a name is called by its number, counted from 1. One column is
// the target; the inputs are all others, or those that Config.Inputs lists.
// Inputs are finite numbers with a decimal point. Targets are classes, up to 256
// different texts, or, with Config.Regression, numbers. Columns that are neither
// may hold anything. Spaces around a field are not part of it, and a byte order
// mark is skipped.
//
// A file is refused at its first fault: a field that is missing or not a number,
// a line of too few fields or too many, a quote that does not end. The [Error]
// says where that is and what it is; it is an [nn.ErrData].
//
// Numbers are kept as float32, with 24 bits: seconds since 1970 would be rounded
// to minutes. From such a column, subtract what its numbers have in common.
//
// # Standardization
//
// Networks learn best from inputs around 0 and of a size around 1.
// [Schema.Standardize] takes the mean and the standard deviation of each input
// from the samples to train on; [Schema.Scale] applies them to any samples, when
// a batch needs them. Targets are not changed: give numbers a unit in which they
// are not far from 1.
//
// # Files larger than memory
//
// [ScanFile] reads a file once and keeps nothing of it but its [Schema], with means
// and deviations; [Schema.StreamFile] returns its samples piece by piece:
//
//	schema, err := tabular.ScanFile("train.csv", tabular.Config{Target: "species"})
//	…
//	pieces := func(epoch int) iter.Seq2[nn.Dataset, error] {
//		return nn.Shuffle(schema.StreamFile("train.csv", 1000), 100000, 1, epoch)
//	}
//	history, err := trainer.FitStream(ctx, pieces, nn.FitConfig{Epochs: 10})
//
// # Memory
//
// [Read] takes 4 bytes for each number and fewer for each class, and those of one
// record, which may have up to 256 KB: in all, hardly more than twice the file, of
// which a number takes at least 2 bytes. A stream takes what one piece does.
package tabular
