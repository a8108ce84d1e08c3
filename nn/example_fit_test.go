package nn_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Training ends when the loss no longer falls, and the model gets the weights
// of its best epoch.
func ExampleEarlyStopping() {
	_, trainer, points := newLine()
	defer trainer.Close()

	history, err := trainer.Fit(context.Background(), points, nn.FitConfig{
		Epochs:    1000,
		Callbacks: []nn.Callback{nn.EarlyStopping{Monitor: nn.TrainLoss, MinDelta: 1e-6, Patience: 3, RestoreBest: true}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d epochs, loss %.6f\n", len(history), history[len(history)-1].Loss)
	// Output: 16 epochs, loss 0.000000
}

// Twice, the loss has not fallen by more than 0.0001 for two epochs: the steps
// become smaller.
func ExampleReduceLROnPlateau() {
	_, trainer, points := newLine()
	defer trainer.Close()
	plateau := nn.NewReduceLROnPlateau()
	plateau.Monitor, plateau.Patience = nn.TrainLoss, 2
	if _, err := trainer.Fit(context.Background(), points, nn.FitConfig{Epochs: 12, Callbacks: []nn.Callback{plateau}}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("learning rate %.4f\n", trainer.LearningRate())
	// Output: learning rate 0.0010
}

// A program that may be killed at any time, and goes on when it is started
// again.
func ExampleResumeTrainer() {
	dir, err := os.MkdirTemp("", "checkpoints")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	program := func(ctx context.Context, watch nn.LambdaCallback) (nn.History, error) {
		_, trainer, points := newLine()
		if latest, err := nn.LatestCheckpoint(dir); err == nil {
			trainer.Close()
			if trainer, err = nn.ResumeTrainer(latest, nn.Config{}); err != nil {
				return nil, err
			}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		defer trainer.Close()
		return trainer.Fit(ctx, points, nn.FitConfig{
			Epochs: 5, Seed: 1,
			Callbacks:  []nn.Callback{watch},
			Checkpoint: nn.Checkpoint{Dir: dir, EverySteps: 1},
		})
	}

	ctx, interrupt := context.WithCancel(context.Background())
	_, err = program(ctx, nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
		if p.Epoch == 3 && p.Batch == 1 {
			interrupt()
		}
	}})
	fmt.Println(err)
	history, err := program(context.Background(), nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
		fmt.Printf("epoch %d, batch %d\n", p.Epoch, p.Batch)
	}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(history), "epochs")
	// Output:
	// context canceled
	// epoch 3, batch 2
	// epoch 4, batch 1
	// epoch 4, batch 2
	// epoch 5, batch 1
	// epoch 5, batch 2
	// 5 epochs
}

// What a classifier says of six samples, and what they are. A model's report is
// made by Sequential.ClassificationReport.
func ExampleClassificationReport() {
	predictions := kernels.View([]float32{
		0.8, 0.1, 0.1,
		0.6, 0.3, 0.1,
		0.2, 0.7, 0.1,
		0.5, 0.4, 0.1, // wrong
		0.1, 0.2, 0.7,
		0.2, 0.5, 0.3, // wrong
	}, 6, 3)
	targets := kernels.View([]float32{
		1, 0, 0,
		1, 0, 0,
		0, 1, 0,
		0, 1, 0,
		0, 0, 1,
		0, 0, 1,
	}, 6, 3)
	report := nn.NewClassificationReport(3)
	if err := report.Add(predictions, targets); err != nil { // and more batches
		log.Fatal(err)
	}
	fmt.Print(report)
	fmt.Println("confusion", report.Confusion)
	fmt.Println("among the first two:", report.TopK(2))
	// Output:
	//      class  precision  recall      f1  support
	//          0     0.6667  1.0000  0.8000        2
	//          1     0.5000  0.5000  0.5000        2
	//          2     1.0000  0.5000  0.6667        2
	//      macro     0.7222  0.6667  0.6556        6
	//   weighted     0.7222  0.6667  0.6556        6
	//   accuracy                     0.6667        6
	// confusion [[2 0 0] [1 1 0] [0 1 1]]
	// among the first two: 1
}

// Errors of 1, 0 and -1.
func ExampleRegressionReport() {
	report := nn.NewRegressionReport(1)
	predictions := kernels.View([]float32{2, 2, 4}, 3, 1)
	targets := kernels.View([]float32{1, 2, 5}, 3, 1)
	if err := report.Add(predictions, targets); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("MSE %.4f, MAE %.4f, R² %.4f\n", report.MSE(), report.MAE(), report.R2())
	// Output: MSE 0.6667, MAE 0.6667, R² 0.7692
}

// A model is scored without a trainer.
func ExampleSequential_Evaluate() {
	model, trainer, points := newLine()
	trainer.Close()
	if err := model.SetWeights(0, kernels.View([]float32{2}, 1, 1), []float32{0}); err != nil {
		log.Fatal(err)
	}
	metrics, err := model.Evaluate(context.Background(), points, nn.Config{Loss: nn.MeanSquaredError})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("loss", metrics.Loss)
	// Output: loss 1
}
