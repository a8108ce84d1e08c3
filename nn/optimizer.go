package nn

import (
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// An Optimizer says how a gradient changes the weights. The optimizers are SGD,
// RMSprop, Adam and AdamW, with the definitions of Keras 3.
type Optimizer interface {
	// Name returns the optimizer's name, as NewOptimizer takes it.
	Name() string
	validate() error
	rule() rule
	learningRate() float64
	withLearningRate(rate float64) Optimizer
}

// A rule is an optimizer at work. It counts the steps; the moments that it
// keeps for each weight, m and v, belong to who calls it.
type rule interface {
	moments() int      // how many of m and v it uses: 0, 1 (m) or 2
	next(rate float64) // begins the next step, of that learning rate
	skip(steps int)    // counts steps made before
	update(k *kernels.Core, w, m, v, g []float32)
	// updateSparse is update of panels with the gradient x·d, as the sparse updates of
	// kernels, and whether w is finite after it.
	updateSparse(k *kernels.Core, w kernels.Panels, m, v []float32, x *kernels.Sparse, d kernels.Mat) bool
}

// SGD is gradient descent: w -= lr·g. With momentum, v = momentum·v - lr·g and
// w += v, or w += momentum·v - lr·g if Nesterov.
type SGD struct {
	LearningRate float64 `json:"learning_rate"`
	Momentum     float64 `json:"momentum"`
	Nesterov     bool    `json:"nesterov"`
}

// RMSprop divides by a running root mean square of the gradient:
// v = rho·v + (1-rho)·g², w -= lr·g/√(v+epsilon).
type RMSprop struct {
	LearningRate float64 `json:"learning_rate"`
	Rho          float64 `json:"rho"`
	Epsilon      float64 `json:"epsilon"`
}

// Adam keeps running means of the gradient and of its square:
// m = beta1·m + (1-beta1)·g, v = beta2·v + (1-beta2)·g²,
// w -= lr·√(1-beta2ᵗ)/(1-beta1ᵗ)·m/(√v+epsilon) in step t
// (D. Kingma, J. Ba, 2015).
type Adam struct {
	LearningRate float64 `json:"learning_rate"`
	Beta1        float64 `json:"beta_1"`
	Beta2        float64 `json:"beta_2"`
	Epsilon      float64 `json:"epsilon"`
}

// AdamW is Adam after w -= lr·WeightDecay·w (I. Loshchilov, F. Hutter, 2019).
type AdamW struct {
	Adam
	WeightDecay float64 `json:"weight_decay"`
}

// NewSGD returns SGD with Keras's default learning rate, 0.01, and no momentum.
func NewSGD() SGD { return SGD{LearningRate: 0.01} }

// NewRMSprop returns RMSprop with Keras's defaults.
func NewRMSprop() RMSprop { return RMSprop{LearningRate: 0.001, Rho: 0.9, Epsilon: 1e-7} }

// NewAdam returns Adam with Keras's defaults.
func NewAdam() Adam { return Adam{LearningRate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7} }

// NewAdamW returns AdamW with Keras's defaults.
func NewAdamW() AdamW { return AdamW{NewAdam(), 0.004} }

// Optimizers lists the names that NewOptimizer takes.
func Optimizers() []string {
	return []string{"gd", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}
}

// NewOptimizer returns the optimizer of that name with its defaults. "gd" and
// "sgd" are the same update, on the whole data set and on batches; "momentum"
// and "nesterov" are SGD with momentum 0.9.
func NewOptimizer(name string) (Optimizer, error) {
	sgd := NewSGD()
	switch name {
	case "gd", "sgd":
		return sgd, nil
	case "momentum", "nesterov":
		sgd.Momentum, sgd.Nesterov = 0.9, name == "nesterov"
		return sgd, nil
	case "rmsprop":
		return NewRMSprop(), nil
	case "adam":
		return NewAdam(), nil
	case "adamw":
		return NewAdamW(), nil
	}
	_, err := indexOf(Optimizers(), name, "optimizer")
	return nil, err
}

func (o SGD) Name() string {
	switch {
	case o.Nesterov:
		return "nesterov"
	case o.Momentum != 0:
		return "momentum"
	}
	return "sgd"
}
func (o RMSprop) Name() string { return "rmsprop" }
func (o Adam) Name() string    { return "adam" }
func (o AdamW) Name() string   { return "adamw" }

func (o SGD) validate() error {
	return firstError(inRange("learning rate", o.LearningRate, 0, unbounded), inRange("momentum", o.Momentum, 0, 1))
}

func (o RMSprop) validate() error {
	return firstError(inRange("learning rate", o.LearningRate, 0, unbounded), inRange("rho", o.Rho, 0, 1),
		inRange("epsilon", o.Epsilon, 0, unbounded))
}

func (o Adam) validate() error {
	return firstError(inRange("learning rate", o.LearningRate, 0, unbounded), inRange("beta 1", o.Beta1, 0, 1),
		inRange("beta 2", o.Beta2, 0, 1), inRange("epsilon", o.Epsilon, 0, unbounded))
}

func (o AdamW) validate() error {
	return firstError(o.Adam.validate(), inRange("weight decay", o.WeightDecay, 0, unbounded))
}

func (o SGD) learningRate() float64     { return o.LearningRate }
func (o RMSprop) learningRate() float64 { return o.LearningRate }
func (o Adam) learningRate() float64    { return o.LearningRate }

// The receivers are copies.
func (o SGD) withLearningRate(rate float64) Optimizer     { o.LearningRate = rate; return o }
func (o RMSprop) withLearningRate(rate float64) Optimizer { o.LearningRate = rate; return o }
func (o Adam) withLearningRate(rate float64) Optimizer    { o.LearningRate = rate; return o }
func (o AdamW) withLearningRate(rate float64) Optimizer   { o.LearningRate = rate; return o }

func (o SGD) rule() rule {
	if o.Momentum == 0 {
		return &sgdRule{}
	}
	return &momentumRule{momentum: float32(o.Momentum), nesterov: o.Nesterov}
}

func (o RMSprop) rule() rule {
	return &rmspropRule{c: float32(1 - o.Rho), eps: float32(o.Epsilon)}
}

func (o Adam) rule() rule { return AdamW{Adam: o}.rule() }

func (o AdamW) rule() rule {
	return &adamRule{config: o, power1: 1, power2: 1}
}

type sgdRule struct{ lr float32 }

func (r *sgdRule) moments() int      { return 0 }
func (r *sgdRule) next(rate float64) { r.lr = float32(rate) }
func (r *sgdRule) skip(int)          {}
func (r *sgdRule) update(k *kernels.Core, w, _, _, g []float32) {
	k.SGD(w, g, r.lr)
}
func (r *sgdRule) updateSparse(k *kernels.Core, w kernels.Panels, _, _ []float32, x *kernels.Sparse, d kernels.Mat) bool {
	return k.SGDSparse(w, x, d, r.lr)
}

type momentumRule struct {
	lr, momentum float32
	nesterov     bool
}

func (r *momentumRule) moments() int      { return 1 }
func (r *momentumRule) next(rate float64) { r.lr = float32(rate) }
func (r *momentumRule) skip(int)          {}
func (r *momentumRule) update(k *kernels.Core, w, m, _, g []float32) {
	if r.nesterov {
		k.Nesterov(w, m, g, r.lr, r.momentum)
	} else {
		k.Momentum(w, m, g, r.lr, r.momentum)
	}
}
func (r *momentumRule) updateSparse(k *kernels.Core, w kernels.Panels, m, _ []float32, x *kernels.Sparse, d kernels.Mat) bool {
	if r.nesterov {
		return k.NesterovSparse(w, m, x, d, r.lr, r.momentum)
	}
	return k.MomentumSparse(w, m, x, d, r.lr, r.momentum)
}

type rmspropRule struct{ lr, c, eps float32 }

func (r *rmspropRule) moments() int      { return 1 }
func (r *rmspropRule) next(rate float64) { r.lr = float32(rate) }
func (r *rmspropRule) skip(int)          {}
func (r *rmspropRule) update(k *kernels.Core, w, m, _, g []float32) {
	k.RMSprop(w, m, g, r.lr, r.c, r.eps)
}
func (r *rmspropRule) updateSparse(k *kernels.Core, w kernels.Panels, m, _ []float32, x *kernels.Sparse, d kernels.Mat) bool {
	return k.RMSpropSparse(w, m, x, d, r.lr, r.c, r.eps)
}

type adamRule struct {
	config         AdamW
	power1, power2 float64 // β₁ᵗ, β₂ᵗ
	step           kernels.AdamStep
}

func (r *adamRule) moments() int { return 2 }

// count multiplies the powers up instead of calling math.Pow, which differs
// between machines.
func (r *adamRule) count() {
	r.power1 = float64(r.power1 * r.config.Beta1)
	r.power2 = float64(r.power2 * r.config.Beta2)
}

func (r *adamRule) skip(steps int) {
	for range steps {
		if r.power1 == 0 && r.power2 == 0 {
			return
		}
		r.count()
	}
}

func (r *adamRule) next(rate float64) {
	o := r.config
	r.count()
	r.step = kernels.AdamStep{
		LR:    float32(rate * math.Sqrt(1-r.power2) / (1 - r.power1)),
		C1:    float32(1 - o.Beta1),
		C2:    float32(1 - o.Beta2),
		Eps:   float32(o.Epsilon),
		Decay: float32(1 - float64(rate*o.WeightDecay)),
	}
}

func (r *adamRule) update(k *kernels.Core, w, m, v, g []float32) {
	k.Adam(w, m, v, g, r.step)
}

func (r *adamRule) updateSparse(k *kernels.Core, w kernels.Panels, m, v []float32, x *kernels.Sparse, d kernels.Mat) bool {
	return k.AdamSparse(w, m, v, x, d, r.step)
}
