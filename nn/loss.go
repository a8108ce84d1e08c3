package nn

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A Loss says how far predictions are from targets.
type Loss uint8

// The losses, averaged over the samples of a batch.
const (
	CategoricalCrossentropy Loss = iota // -Σ t·log y, after a softmax
	MeanSquaredError                    // the mean of (y-t)² over the outputs
)

var lossNames = []string{CategoricalCrossentropy: "categorical_crossentropy", MeanSquaredError: "mean_squared_error"}

// String returns the name that Keras has for the loss.
func (l Loss) String() string { return nameOf(lossNames, int(l), "Loss") }

// ParseLoss is the inverse of Loss.String.
func ParseLoss(name string) (Loss, error) {
	i, err := indexOf(lossNames, name, "loss")
	return Loss(i), err
}

// validate fails if the loss does not go with the model's last activation.
func (l Loss) validate(m *Sequential) error {
	switch {
	case int(l) >= len(lossNames):
		return fmt.Errorf("nn: unknown loss %v", l)
	case l == CategoricalCrossentropy && m.outputActivation() != Softmax:
		return fmt.Errorf("nn: %v needs a softmax output, not %v", l, m.outputActivation())
	}
	return nil
}

// fusesSoftmax reports whether the loss works on the numbers before the
// softmax, which is more exact and saves its gradient.
func (l Loss) fusesSoftmax() bool { return l == CategoricalCrossentropy }

// lossAndGradient sets losses[i] to the loss of row i, and d to the gradient of
// the mean loss at the input of the last activation. y is that activation's
// output, or its input if the loss fuses the softmax.
func (l Loss) lossAndGradient(k *kernels.Core, losses []float32, d, y, t kernels.Mat, last Activation) {
	if l == CategoricalCrossentropy {
		k.SoftmaxCrossEntropy(losses, d, y, t, 1/float32(y.Rows))
		return
	}
	for i := range losses {
		losses[i] = k.Distance(y.Row(i), t.Row(i)) / float32(y.Cols)
	}
	k.Residual(d.Data, y.Data, t.Data, 2/float32(y.Rows*y.Cols))
	last.gradient(k, d, y)
}
