package nn

import (
	"fmt"
	"iter"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// shuffledRows is the number of samples in a piece of a shuffled stream.
const shuffledRows = 256

// Shuffle puts the samples of a stream into random order, as far as memory for
// size samples (each as float32 numbers) goes: it holds that many, and whenever
// another one comes, gives away a random one in its place. If the stream is not
// longer than that, all orders are possible. The order depends on the samples'
// number and on size, seed and epoch, not on how the stream is cut into pieces.
// A piece of the new stream is valid until the next one is asked for. Its samples
// have weights, of 1 where they had none.
func Shuffle(pieces iter.Seq2[Dataset, error], size int, seed uint64, epoch int) iter.Seq2[Dataset, error] {
	return func(yield func(Dataset, error) bool) {
		if size < 1 {
			yield(Dataset{}, fmt.Errorf("nn: a buffer of %d samples: want at least 1", size))
			return
		}
		s := shuffler{size: size, random: newRandom(seed, shuffleStream+uint64(epoch)), yield: yield}
		for d, err := range pieces {
			if err == nil {
				err = s.check(d)
			}
			if err != nil {
				yield(Dataset{}, err)
				return
			}
			if !s.take(d) {
				return
			}
		}
		s.giveAll()
	}
}

// A shuffler holds samples, each as a row of its inputs, its targets and its
// weight.
type shuffler struct {
	size   int
	random random
	yield  func(Dataset, error) bool

	core    *kernels.Core
	x, y    int // widths of inputs and targets
	held    [][]float32
	out     kernels.Mat // the piece that comes next, but for its weights
	weights []float32
	n       int // its rows
	scratch [1]int
}

// check fails unless d can be read and is like the first piece.
func (s *shuffler) check(d Dataset) error {
	if err := d.validateParts(); err != nil {
		return err
	}
	x, y := d.X.Width(), d.Y.Width()
	if s.core == nil {
		s.core = kernels.NewCore(kernels.Auto)
		s.x, s.y, s.out, s.weights = x, y, kernels.NewMat(shuffledRows, x+y), make([]float32, shuffledRows)
	}
	if x != s.x || y != s.y {
		return fmt.Errorf("%w: a piece of %d inputs and %d targets after one of %d and %d", ErrData, x, y, s.x, s.y)
	}
	return nil
}

// take puts the samples of d in the place of others. It reports whether the
// stream is to go on.
func (s *shuffler) take(d Dataset) bool {
	for i := range d.X.Len() {
		if len(s.held) < s.size {
			s.held = append(s.held, make([]float32, s.x+s.y+1))
			s.read(d, i, len(s.held)-1)
			continue
		}
		j := s.random.below(s.size)
		if !s.give(j) {
			return false
		}
		s.read(d, i, j)
	}
	return true
}

// read sets row j of those held to sample i.
func (s *shuffler) read(d Dataset, i, j int) {
	s.scratch[0] = i
	x, y := s.held[j][:s.x], s.held[j][s.x:s.x+s.y]
	d.X.Gather(s.core, kernels.View(x, 1, s.x), s.scratch[:])
	d.Y.Gather(s.core, kernels.View(y, 1, s.y), s.scratch[:])
	s.held[j][s.x+s.y] = d.weight(i)
}

// give adds row j of those held to the piece that comes next.
func (s *shuffler) give(j int) bool {
	copy(s.out.Row(s.n), s.held[j])
	s.weights[s.n] = s.held[j][s.x+s.y]
	s.n++
	return s.n < shuffledRows || s.flush()
}

func (s *shuffler) flush() bool {
	d := Dataset{
		X: Floats{s.out.Slice(0, s.n, 0, s.x)},
		Y: Floats{s.out.Slice(0, s.n, s.x, s.x+s.y)},

		Weights: s.weights[:s.n],
	}
	s.n = 0
	return s.yield(d, nil)
}

// giveAll gives away what is held.
func (s *shuffler) giveAll() {
	order := make([]int, len(s.held))
	for i := range order {
		order[i] = i
	}
	s.random.shuffle(order)
	for _, j := range order {
		if !s.give(j) {
			return
		}
	}
	if s.n > 0 {
		s.flush()
	}
}
