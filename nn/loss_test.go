package nn_test

import (
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// The gradient of cross-entropy, Σt·y-t, also of targets that do not sum to 1.
func TestGradientOfTargetsOfAnySum(t *testing.T) {
	for _, c := range []struct{ target, bias []float32 }{ // after a step of the gradient, from 0
		{[]float32{1, 0}, []float32{0.5, -0.5}},
		{[]float32{0.25, 0.75}, []float32{-0.25, 0.25}},
		{[]float32{2, 0}, []float32{1, -1}},
		{[]float32{3, 3}, []float32{0, 0}},
		{[]float32{0, 0}, []float32{0, 0}},
	} {
		m := newModel(t, 1, nn.Dense{Units: 2, Activation: nn.Softmax, Kernel: nn.Zeros})
		trainer := newTrainer(t, m, nn.Config{Optimizer: nn.SGD{LearningRate: 1}, BatchSize: 1})
		d := nn.Dataset{X: nn.Floats{Mat: kernels.View([]float32{1}, 1, 1)}, Y: nn.Floats{Mat: kernels.View(c.target, 1, 2)}}
		if _, err := trainer.TrainOnBatch(d); err != nil {
			t.Fatal(err)
		}
		if bias := m.Bias(0); !slices.Equal(bias, c.bias) {
			t.Errorf("target %v: bias %v, want %v", c.target, bias, c.bias)
		}
	}
}
