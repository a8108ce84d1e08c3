package account

// A Step is what the work in a step depends on.
type Step struct {
	Sizes   []int // inputs, then the units of each layer
	Batch   int
	NonZero int  // numbers in the batch that are not zero
	Live    int  // columns with at least one
	Sparse  bool // whether zeros are left out, and the first update is fused
}

// Work is what a part cannot do without, all workers together. Read and Rewritten
// are bytes that lie in caches, or memory, of as many bytes as From.
type Work struct {
	Flops     float64
	Updated   float64 // weights
	Read      float64
	Rewritten float64 // read and written: counted twice
	From      float64
}

// Bytes of a number; of what is kept for a weight with Adam: it and two moments;
// and of an element of a list: column and value.
const (
	number  = 4
	kept    = 3 * number
	element = 2 * number
)

// layers are the weights, without biases, of the first layer and of all others,
// and the units of all.
func (s Step) layers() (first, others, units float64) {
	for i, n := range s.Sizes[1:] {
		weights := float64(s.Sizes[i] * n)
		if i == 0 {
			first = weights
		} else {
			others += weights
		}
		units += float64(n)
	}
	return first, others, units
}

// State is the bytes of all weights and moments. A step goes through all of them,
// so they are found in the cache that they fit.
func (s Step) State() float64 {
	first, others, units := s.layers()
	return kept * (first + others + units)
}

// Work is the work of every part. It leaves out what a better program would not
// do: waiting, what is in Go, copies for products, layers that every worker computes.
func (s Step) Work() (w [parts]Work) {
	first, others, units := s.layers()
	batch, nonZero, state := float64(s.Batch), float64(s.NonZero), s.State()
	width := float64(s.Sizes[1])

	updates := func(weights float64) Work {
		return Work{Updated: weights, Rewritten: 2 * kept * weights, From: state}
	}
	w[FirstForward] = Work{Flops: 2 * nonZero * width, Read: number * float64(s.Live) * width, From: state}
	// Forward, back to the weights, back to the inputs; the weights are read twice.
	w[Products] = Work{Flops: 3 * 2 * batch * others, Read: 2 * number * others, From: state}
	// Each is read and written once forward and once back.
	w[Activations] = Work{Rewritten: 4 * number * batch * units, From: 2 * number * batch * units}
	w[Updates] = updates(others + units)
	if !s.Sparse {
		w[Products].Flops += 2 * batch * first // to the weights of the first layer
		w[Updates] = updates(first + others + units)
		return w
	}
	w[FirstUpdate] = updates(first)
	w[FirstUpdate].Flops = 2 * nonZero * width
	// Bytes are read, lists written, read and written again as their transposes.
	bytes := batch * float64(s.Sizes[0])
	w[Inputs] = Work{Rewritten: bytes + 3*element*nonZero, From: bytes + 2*element*nonZero}
	return w
}

// Rates are what the workers, all together, do at most.
type Rates struct {
	Flops   float64                      // fused multiply-adds on registers, in GFLOP/s
	Updates float64                      // of Adam, in the first-level cache, weights in a ns
	Read    func(from float64) float64   // in GB/s, from a cache of so many bytes
	Rewrite func(within float64) float64 // the same for bytes read and written
}

// At returns the rates with a clock that many times as fast: cores have one clock with
// their caches (not with memory, which the state of a wide model needs).
func (r Rates) At(clock float64) Rates {
	return Rates{clock * r.Flops, clock * r.Updates,
		func(from float64) float64 { return clock * r.Read(from) },
		func(within float64) float64 { return clock * r.Rewrite(within) }}
}

// A Floor is the times, in ns, of what could be done at once: no part takes less
// than the longest.
type Floor struct{ FMA, Bytes, Divider float64 }

// Longest is the time that the part needs.
func (f Floor) Longest() float64 { return max(f.FMA, f.Bytes, f.Divider) }

// Floor is how long the work takes at these rates. What bounds updates of numbers
// in the first-level cache is the divider.
func (w Work) Floor(r Rates) (f Floor) {
	if w.Flops > 0 {
		f.FMA = w.Flops / r.Flops
	}
	if w.Updated > 0 {
		f.Divider = w.Updated / r.Updates
	}
	if w.Read > 0 {
		f.Bytes = w.Read / r.Read(w.From)
	}
	if w.Rewritten > 0 {
		f.Bytes += w.Rewritten / r.Rewrite(w.From)
	}
	return f
}
