// Package nn trains multilayer perceptrons: stacks of Dense layers, with the
// names, definitions and defaults of Keras 3. The same program gives the same
// weights, to the last bit, on every machine.
//
// A program that trains a classifier of handwritten digits, and looks at what it
// has learned:
//
//	package main
//
//	import (
//		"context"
//		"fmt"
//		"log"
//
//		"github.com/mnist-fast/mnist-fast/nn"
//		"github.com/mnist-fast/mnist-fast/nn/mnist"
//	)
//
//	func main() {
//		data, err := mnist.Load()
//		if err != nil {
//			log.Fatal(err)
//		}
//		model, err := nn.NewSequential(784, 1, // inputs, seed
//			nn.Dense{Units: 128, Activation: nn.ReLU},
//			nn.Dense{Units: 10, Activation: nn.Softmax})
//		if err != nil {
//			log.Fatal(err)
//		}
//		trainer, err := nn.NewTrainer(model, nn.Config{}) // cross-entropy, Adam, batches of 32
//		if err != nil {
//			log.Fatal(err)
//		}
//		defer trainer.Close()
//		if _, err := trainer.Fit(context.Background(), digits(data.Train), nn.FitConfig{Epochs: 3, Seed: 1}); err != nil {
//			log.Fatal(err)
//		}
//		metrics, err := trainer.Evaluate(context.Background(), digits(data.Test))
//		if err != nil {
//			log.Fatal(err)
//		}
//		fmt.Printf("accuracy %.2f %%\n", 100*metrics.Accuracy)
//		if err := model.SaveFile("digits.safetensors"); err != nil {
//			log.Fatal(err)
//		}
//	}
//
//	// digits are images as numbers from 0 to 1, and their classes.
//	func digits(s mnist.Set) nn.Dataset {
//		return nn.Dataset{
//			X: nn.Bytes{Data: s.Images, Columns: s.Features(), Divisor: 255},
//			Y: nn.Labels{Of: s.Labels, Classes: 10},
//		}
//	}
//
// # Data
//
// A [Dataset] is two tables with a row for each sample: X has what the model
// sees, Y what it should say. [Floats] is a table of numbers, [Bytes] one of
// pixels, [Labels] one of classes, which the model sees as one-hot rows. Any
// other type that implements [Table] will do: it converts samples only when a
// batch needs them. One that is [Epochal] is trained on as another table each epoch:
// package augment changes images so. [Dataset.Split] puts a share of the samples
// aside to test with. Package [github.com/mnist-fast/mnist-fast/nn/tabular] reads
// CSV files and standardizes their columns, package mnist reads images.
//
// Data larger than memory come in pieces, as an iter.Seq2[Dataset, error], to
// [Trainer.FitStream]; [Shuffle] puts such a stream into random order. What is
// said of Fit below holds for FitStream as well.
//
// Classes and numbers are learned alike. A classifier ends in [Softmax], with an
// output for each class, or in one [Sigmoid] output for a target of 0 or 1;
// [Metrics] count how often it is right. The loss of the first is
// [CategoricalCrossentropy]. A regression ends in [Linear] outputs, its loss is
// [MeanSquaredError], and its Accuracy is 0, since numbers are near or far, not
// right or wrong: [Sequential.RegressionReport] says how near.
//
// # Training
//
// A [Sequential] is the model: layers and weights. A [Trainer] changes them: it
// has a [Loss], an [Optimizer] and workers: by default as many as make steps fastest,
// which it finds out as it goes and again when other programs come and go. Workers on
// slow cores do less than the others.
// [Trainer.Fit] trains in shuffled batches for a number of epochs, tells its
// callbacks how that goes, and scores the model on validation data if it has
// any; [Trainer.TrainOnBatch] is one step of it. Both go on where the last call
// ended. Neither allocates memory from step to step.
//
// Fit has callbacks: [EarlyStopping] ends it when the model no longer gets
// better, [ReduceLROnPlateau] makes smaller steps then, and a [LambdaCallback]
// calls functions of yours.
//
// The names in Keras: units, activation and kernel_initializer are fields of
// [Dense], compile is [NewTrainer], fit, evaluate and train_on_batch are methods
// of the Trainer, predict is [Sequential.Predict]. EarlyStopping,
// ReduceLROnPlateau and LambdaCallback are callbacks there, too.
//
// # Checkpoints
//
// With a [Checkpoint], Fit saves where it stands every few steps or epochs. A
// program that was killed finds the last of them with [LatestCheckpoint], and
// [ResumeTrainer] makes a Trainer of it whose Fit goes on in the middle of an
// epoch and ends in the same bits, as if nothing had happened.
//
// # Scores
//
// [Trainer.Evaluate], or [Sequential.Evaluate] without a Trainer, returns loss
// and accuracy. [Sequential.ClassificationReport] counts what is taken for what,
// [Sequential.RegressionReport] tells how far predictions are off; both can also
// be made from any predictions, batch by batch.
//
// # Against over-fitting, and for stable training
//
// [Dense] has penalties and Dropout, [Config] all else: dropout of the inputs,
// label smoothing, weights of classes, clipping of gradients by value and by
// norm, accumulation of gradients over several batches, and a moving average of
// the weights ([Trainer.Averaged]). Samples have weights in a [Dataset]. A
// [Schedule] changes the learning rate from step to step, and
// [Trainer.SetLearningRate] at any time. Definitions are Keras's; where they are
// not, the documentation says so.
//
// # Prediction
//
// [Sequential.Predict] needs no Trainer. Many goroutines may call it at once,
// and it allocates nothing once it has warmed up. With many samples, goroutines
// help each other, up to GOMAXPROCS. [Argmax] finds the class in its output.
//
// # Files
//
// [Sequential.Save] and [Load] keep a model in a safetensors file, which other
// programs can read. [Trainer.Save] and [LoadTrainer] keep the settings and the
// state of training as well, so that training goes on as if it had never stopped
// (tell Fit the epochs that are behind, FitConfig.InitialEpoch; a checkpoint knows
// them). Sequential.Metadata are texts that go with a model into all of these
// files, such as the names of its inputs. Files are checked: a damaged one gives
// an error that wraps [ErrFormat].
//
// [Sequential.SaveWeights] writes safetensors files with the names and the
// orientation of Keras or PyTorch, and [LoadWeights] reads those of others.
// Package nn/onnx writes and reads ONNX files, and nn/gosource makes one Go source
// file of a model.
//
// # The same bits everywhere
//
// Weights, losses and predictions depend on the data, the layers, the settings
// and the seeds, and on nothing else: not on the processor, the kernels chosen
// for it, the number of workers, or the operating system.
// [Sequential.SHA256] names the weights: equal hashes are equal weights, here and
// on any other machine. Package kernels says how that is done. It holds for
// numbers; training that ends in NaN is NaN everywhere, but there are several
// NaNs.
//
// # What is not here
//
// Convolutions, recurrence, normalization, GPUs, and numbers other than float32.
package nn
