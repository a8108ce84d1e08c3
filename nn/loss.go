package nn

import (
	"fmt"
	"math"

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

// validate fails if the loss does not go with the model's last activation, or cannot teach
// it anything.
func (l Loss) validate(m *Sequential) error {
	switch {
	case int(l) >= len(lossNames):
		return fmt.Errorf("nn: unknown loss %v", l)
	case l == CategoricalCrossentropy && m.outputActivation() != Softmax:
		return fmt.Errorf("nn: %v needs a softmax output, not %v", l, m.outputActivation())
	case m.outputActivation() == Softmax && m.Outputs() == 1:
		return fmt.Errorf("nn: the softmax of a single output is always 1: a sigmoid with %v learns", MeanSquaredError)
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

// An objective is a loss of smoothed targets, and with weights.
type objective struct {
	Loss
	smoothing float32
	classes   []float32 // weights of classes; nil: 1 each
}

func (c Config) objective() objective {
	return objective{c.Loss, float32(c.LabelSmoothing), c.ClassWeights}
}

// evaluation is the objective without the weights of classes, which Keras
// leaves out, too.
func (c Config) evaluation() objective {
	o := c.objective()
	o.classes = nil
	return o
}

// lossAndGradient sets the losses of the flow's rows, and d to the gradient of
// their mean at the input of the last activation. It smooths the targets.
func (o objective) lossAndGradient(k *kernels.Core, f *flow, d kernels.Mat) {
	t, losses := f.targets.mat(f.rows), f.losses[:f.rows]
	factors := o.factors(f)
	o.smooth(t.Data, f.targets.cols)
	o.Loss.lossAndGradient(k, losses, d, f.output(), t, f.model.outputActivation())
	if o.Loss == CategoricalCrossentropy && !f.oneHot {
		gradientOfSums(d, t)
	}
	for i, w := range factors {
		losses[i] *= w
		k.Scale(d.Row(i), d.Row(i), w)
	}
}

// gradientOfSums corrects the gradient d of cross-entropy, a·(y-t) with a = 1/rows, where
// the targets of a row do not sum to 1, which the kernel takes for granted: it is a·(y·Σt-t).
func gradientOfSums(d, t kernels.Mat) {
	const rounding = 1e-5 // of a sum that is 1
	a := 1 / float32(d.Rows)
	for i := range d.Rows {
		row, targets, sum := d.Row(i), t.Row(i), float32(0)
		for _, x := range targets {
			sum += x
		}
		if math.Abs(float64(sum)-1) <= rounding {
			continue
		}
		for j, x := range targets {
			share := float32(a * x)
			row[j] = float32(float32(row[j]+share)*sum) - share
		}
	}
}

// factors are the weights of the rows' losses; none if all are 1.
func (o objective) factors(f *flow) []float32 {
	if !f.weighted && o.classes == nil {
		return nil
	}
	factors := f.factors[:f.rows]
	for i := range factors {
		if !f.weighted {
			factors[i] = 1
		}
		if class := Argmax(f.targets.mat(f.rows).Row(i)); class >= 0 && o.classes != nil {
			factors[i] *= o.classes[class]
		}
	}
	return factors
}

// smooth moves targets towards equal shares of all classes.
func (o objective) smooth(targets []float32, classes int) {
	if o.smoothing == 0 {
		return
	}
	kept, each := 1-o.smoothing, o.smoothing/float32(classes)
	for i, t := range targets {
		targets[i] = float32(t*kept) + each
	}
}
