package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// An Activation is the function at the end of a layer.
type Activation uint8

// The activations. Softmax works on all outputs of a sample together, the
// others on each number.
const (
	Linear  Activation = iota // x
	ReLU                      // max(x, 0)
	Sigmoid                   // 1/(1+e⁻ˣ)
	Tanh                      // tanh x
	Softmax                   // eˣ / Σ eˣ
)

var activationNames = []string{Linear: "linear", ReLU: "relu", Sigmoid: "sigmoid", Tanh: "tanh", Softmax: "softmax"}

// String returns the name that Keras has for the activation.
func (a Activation) String() string { return nameOf(activationNames, int(a), "Activation") }

// ParseActivation is the inverse of Activation.String.
func ParseActivation(name string) (Activation, error) {
	i, err := indexOf(activationNames, name, "activation")
	return Activation(i), err
}

// apply computes y = f(y).
func (a Activation) apply(k *kernels.Core, y kernels.Mat) {
	switch a {
	case ReLU:
		k.ReLU(y.Data, y.Data)
	case Sigmoid:
		k.Sigmoid(y.Data, y.Data)
	case Tanh:
		k.Tanh(y.Data, y.Data)
	case Softmax:
		k.Softmax(y, y)
	}
}

// gradient turns d, the gradient at the activation's output y, into the
// gradient at its input.
func (a Activation) gradient(k *kernels.Core, d, y kernels.Mat) {
	switch a {
	case ReLU:
		k.ReLUGrad(d.Data, d.Data, y.Data)
	case Sigmoid:
		k.SigmoidGrad(d.Data, d.Data, y.Data)
	case Tanh:
		k.TanhGrad(d.Data, d.Data, y.Data)
	case Softmax:
		k.SoftmaxGrad(d, d, y)
	}
}
