package nn_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// allocLayers have a stage of two layers, and one of one, with penalties.
var allocLayers = []nn.Dense{
	{Units: 40, Activation: nn.ReLU, L1: 0.001},
	{Units: 20, Activation: nn.Tanh, L2: 0.001},
	{Units: 5, Activation: nn.Softmax, L2: 0.001},
}

func requireNoAllocs(t *testing.T, f func() error) {
	t.Helper()
	allocs := testing.AllocsPerRun(50, func() {
		if err := f(); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations each time, want 0", allocs)
	}
}

func TestTrainingStepAllocatesNothing(t *testing.T) {
	data := pictures(33, 30, 5)
	for _, optimizer := range nn.Optimizers() {
		for _, workers := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s/workers=%d", optimizer, workers), func(t *testing.T) {
				trainer := newTrainer(t, newModel(t, 30, allocLayers...), nn.Config{
					Optimizer: newOptimizer(t, optimizer), BatchSize: 33, Workers: workers,
				})
				requireNoAllocs(t, func() error {
					_, err := trainer.TrainOnBatch(data)
					return err
				})
			})
		}
	}
}

func TestEvaluateAllocatesNothing(t *testing.T) {
	data := pictures(300, 30, 5)
	for _, workers := range []int{1, 2} {
		trainer := newTrainer(t, newModel(t, 30, allocLayers...), nn.Config{Workers: workers})
		requireNoAllocs(t, func() error {
			_, err := trainer.Evaluate(context.Background(), data)
			return err
		})
	}
}

// Buffers come from a pool, which may forget some (under the race detector it
// often does): one call at least must do with what is there.
func TestPredictAllocatesNothing(t *testing.T) {
	m := newModel(t, 30, allocLayers...)
	for _, rows := range []int{1, 100} {
		var x nn.Table = floats(rows, 30, 1)
		y := kernels.NewMat(rows, m.Outputs())
		least := math.Inf(1)
		for range 20 {
			least = min(least, testing.AllocsPerRun(1, func() {
				if err := m.Predict(context.Background(), y, x); err != nil {
					t.Fatal(err)
				}
			}))
		}
		if least != 0 {
			t.Errorf("%d rows: %v allocations, want 0", rows, least)
		}
	}
}
