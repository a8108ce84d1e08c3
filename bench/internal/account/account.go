// Package account says where the time of a training step goes. It sorts the samples
// of a CPU profile into parts by the functions on their stacks, so that the step
// itself runs as always, and says what each part must take at least.
package account

import "strings"

// A Part is a part of a step that a reader has a name for.
type Part int

// The parts, in the order of a step.
const (
	Inputs       Part = iota // lists of the inputs that are not zero, or their conversion
	FirstForward             // the first layer's product
	FirstUpdate              // the first layer's gradient and update, where they are one kernel
	Products                 // all other products, and what is copied for them
	Updates                  // all other updates
	Activations              // activations, their gradients, the loss, sums
	Waiting                  // for other workers
	Go                       // Go between the kernels: views, checks, the runtime
	Away                     // without a processor: asleep, or something else ran
	parts
)

var names = [parts]string{"inputs", "first-forward", "first-update", "products", "updates", "activations", "waiting", "go", "away"}

func (p Part) String() string { return names[p] }

// Parts lists all parts.
func Parts() (list []Part) {
	for p := range parts {
		list = append(list, p)
	}
	return list
}

const (
	module = "github.com/mnist-fast/mnist-fast/"
	micro  = module + "kernels/internal/micro."
)

// PartOf is the part that a stack belongs to: names of functions, the innermost
// first. A kernel counts as what it is, or as what calls it; all else in a step is
// Go, but for what makes the lists and what waits. None is Away: where a worker has no
// processor, there are no samples.
func PartOf(stack []string) Part {
	s := functions(stack)
	k := s.kernel()
	switch {
	case s.has("kernels/internal/par.(*gate).wait"):
		return Waiting
	case s.has("nn.(*flow).gather"), s.has("nn.(*sparseBatch).transpose"):
		return Inputs
	case k == "":
		return Go
	case s.has("nn.(*backFlow).updateSparse"):
		return FirstUpdate
	case s.has("nn.(*flow).forwardSparse"):
		return FirstForward
	case isOne(k, "adam", "sgd", "momentum", "nesterov", "rmsprop", "penaltyGrad"):
		return Updates
	case !isOne(k, "gemm", "gemv", "sparse", "copy", "transpose"):
		return Activations
	case s.has("nn.(*flow).forwardPair") && !s.has("nn.(*flow).sum"):
		return FirstForward // of a pair of layers, but for the sums over its units
	}
	return Products
}

// functions are those of a stack.
type functions []string

// has reports whether one of the module's functions is on the stack.
func (s functions) has(name string) bool {
	for _, f := range s {
		if strings.TrimPrefix(f, module) == name {
			return true
		}
	}
	return false
}

// kernel is the name of the kernel at work, "" if there is none. What a kernel in
// plain Go calls is a part of it.
func (s functions) kernel() (name string) {
	for _, f := range s {
		if after, ok := strings.CutPrefix(f, micro); ok {
			name = after
		}
	}
	return name
}

// isOne reports whether a kernel's name, which ends in its size and its tier, begins
// with one of these.
func isOne(kernel string, names ...string) bool {
	for _, name := range names {
		if strings.HasPrefix(kernel, name) {
			return true
		}
	}
	return false
}
