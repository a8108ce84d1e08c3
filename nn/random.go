package nn

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// A random is a stream of numbers that is the same on every machine: PCG (M.
// O'Neill, 2014) from the standard library, turned into other numbers here, so
// that no change of the library's own ways can move a result.
type random struct{ source *rand.PCG }

// The streams that a seed stands for. Shuffling has one for every epoch, dropout
// one for every batch.
const (
	weightStream  = 0
	shuffleStream = 1 << 32
	dropoutStream = 1 << 60
	splitStream   = 1 << 62
)

func newRandom(seed, stream uint64) random { return random{rand.NewPCG(seed, stream)} }

// uniform returns a number from -limit up to limit.
func (r random) uniform(limit float64) float32 {
	unit := float64(r.source.Uint64()>>11) / (1 << 53)
	return float32(float64(2*unit-1) * limit)
}

// below returns an integer from 0 to n-1 (D. Lemire: Fast random integer
// generation in an interval, 2019, without its correction: the bias is under
// n/2⁶⁴).
func (r random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// shuffle puts xs into random order (R. Fisher, F. Yates; D. Knuth's form).
func (r random) shuffle(xs []int) {
	for i := len(xs) - 1; i > 0; i-- {
		j := r.below(i + 1)
		xs[i], xs[j] = xs[j], xs[i]
	}
}

// An Initializer says how the kernel of a layer starts. Biases start at zero.
type Initializer uint8

// The initializers, with limits as in Keras.
const (
	GlorotUniform Initializer = iota // uniform up to √(6/(inputs+outputs))
	HeUniform                        // uniform up to √(6/inputs)
	Zeros                            // 0
)

var initializerNames = []string{GlorotUniform: "glorot_uniform", HeUniform: "he_uniform", Zeros: "zeros"}

// String returns the name that Keras has for the initializer.
func (i Initializer) String() string { return nameOf(initializerNames, int(i), "Initializer") }

// ParseInitializer is the inverse of Initializer.String.
func ParseInitializer(name string) (Initializer, error) {
	i, err := indexOf(initializerNames, name, "initializer")
	return Initializer(i), err
}

// fill sets the kernel of a layer of that many inputs and outputs.
func (i Initializer) fill(kernel []float32, inputs, outputs int, r random) {
	var limit float64
	switch i {
	case GlorotUniform:
		limit = math.Sqrt(6 / float64(inputs+outputs))
	case HeUniform:
		limit = math.Sqrt(6 / float64(inputs))
	default:
		clear(kernel)
		return
	}
	for j := range kernel {
		kernel[j] = r.uniform(limit)
	}
}
