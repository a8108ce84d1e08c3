package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A flow is one worker's view of a batch on its way through the layers. It has
// buffers for batches of up to a number of rows; begin sets how many there are.
type flow struct {
	model   *Sequential
	weights []layerView // the model's, or, of layers that all workers compute, the worker's own
	rank    int
	workers int
	meet    func() // waits for the other workers
	shared  []exchange

	sparse  *sparseBatch // of all workers; nil if the batch cannot be one
	trains  bool
	checked kernelCheck

	zeros    bool   // are left out of the batch: it is in sparse, not in x
	key      uint64 // of the batch's dropout
	rows     int
	inWhole  []int // where the rows of a part of a table are in it; see whole
	x        outputs
	in       kernels.Mat // the batch, in x or where the table has it
	targets  buffer
	oneHot   bool // targets are 1 in one place, else 0
	stages   []stageFlow
	losses   []float32 // of each row
	factors  []float32 // that they are multiplied with, if weighted
	weighted bool
	hits     []bool // whether the largest output of a row is where the largest target is
	right    [treeDepth][piece]float32
}

// A stageFlow has the worker's activations in a stage.
type stageFlow struct {
	stage
	deal       deal    // of the shards to the workers
	begin, end int     // the worker's
	lo, hi     int     // and their units
	hidden     outputs // of those units
	out        outputs // of the stage
}

// An exchange is where the workers leave sums for each other: partial[s] is the
// sum of the largest node of the tree that begins at shard s and is one
// worker's.
type exchange struct{ partial []buffer }

// A buffer is room for a matrix of a fixed width and a changing number of rows.
type buffer struct {
	data []float32
	cols int
}

func newBuffer(rows, cols int) buffer { return buffer{make([]float32, rows*cols), cols} }

// mat is the buffer's first rows.
func (b buffer) mat(rows int) kernels.Mat { return kernels.View(b.data[:rows*b.cols], rows, b.cols) }

// newExchanges makes room for the sums of every stage.
func newExchanges(m *Sequential, rows int) []exchange {
	es := make([]exchange, len(m.stages))
	for i, s := range m.stages {
		if s.paired {
			es[i] = newExchange(s.shards, rows, m.params[s.last()].units)
		}
	}
	return es
}

func newExchange(s shards, rows, cols int) exchange {
	e := exchange{make([]buffer, s.count)}
	for i := range e.partial {
		e.partial[i] = newBuffer(rows, cols)
	}
	return e
}

func newFlow(m *Sequential, rows, rank, workers int, shared []exchange, meet func()) *flow {
	f := &flow{
		model: m, weights: m.views(m.weights), rank: rank, workers: workers, meet: meet, shared: shared,
		x: newOutputs(rows, m.inputs), targets: newBuffer(rows, m.Outputs()),
		losses: make([]float32, rows), factors: make([]float32, rows), hits: make([]bool, rows),
	}
	for _, s := range m.stages {
		units := m.params[s.last()].units
		sf := stageFlow{stage: s, out: newOutputs(rows, units)}
		if s.paired {
			sf.deal, sf.hidden = make(deal, workers), newOutputs(rows, s.shards.most(rank, workers))
		}
		f.stages = append(f.stages, sf)
	}
	return f
}

// takeShards makes shards of each stage the worker's own, as many as its speed earns. It
// allocates nothing.
func (f *flow) takeShards(speeds []float64) {
	f.checked.edits = -1
	for i := range f.stages {
		s := &f.stages[i]
		if !s.paired {
			continue
		}
		s.deal.set(s.shards, speeds)
		s.begin, s.end = s.deal.run(f.rank)
		s.lo, s.hi = s.shards.unitsOf(s.begin, s.end)
		s.hidden.cols = s.hi - s.lo
		s.hidden.dropout.takeShards(s)
	}
}

// newSoloFlow is a flow of a worker that does everything.
func newSoloFlow(m *Sequential, rows int) *flow {
	f := newFlow(m, rows, 0, 1, newExchanges(m, rows), func() {})
	f.sparse = newSparseBatch(m, rows, 1)
	f.takeShards([]float64{1})
	return f
}

// gather reads the samples of a batch, and their targets and weights if there
// are any.
func (f *flow) gather(k *kernels.Core, d Dataset, rows []int) {
	f.rows = len(rows)
	x, xRows := f.whole(d.X, rows)
	f.zeros = f.gatherSparse(k, x, xRows)
	if !f.zeros {
		f.gatherDense(k, x, xRows)
	}
	if d.Y != nil {
		_, f.oneHot = d.Y.(Labels)
		d.Y.Gather(k, f.targets.mat(f.rows), rows)
	}
	f.weighted = d.Weights != nil
	if f.weighted {
		for i, r := range rows {
			f.factors[i] = d.Weights[r]
		}
	}
}

// gatherAlone is gather of a flow that shares the batch with no other.
func (f *flow) gatherAlone(k *kernels.Core, d Dataset, rows []int) {
	f.sparse.begin(len(rows))
	f.gather(k, d, rows)
}

// gatherDense reads the batch as it is. Samples that lie side by side need not be
// copied.
func (f *flow) gatherDense(k *kernels.Core, x Table, rows []int) {
	if t, ok := x.(Floats); ok && f.x.dropout == nil && consecutive(rows) {
		f.in = t.Slice(rows[0], rows[0]+len(rows), 0, t.Cols)
		return
	}
	x.Gather(k, f.x.mat(f.rows), rows)
	f.in = f.x.seen().mat(f.rows)
}

func consecutive(rows []int) bool {
	for i, r := range rows {
		if r != rows[0]+i {
			return false
		}
	}
	return len(rows) > 0
}

// input is what stage i reads.
func (f *flow) input(i int) kernels.Mat {
	if i == 0 {
		return f.in
	}
	return f.stages[i-1].out.seen().mat(f.rows)
}

func (f *flow) output() kernels.Mat { return f.input(len(f.stages)) }

// forward runs the batch through the layers. It leaves out the last activation
// if the loss wants to see its input.
func (f *flow) forward(k *kernels.Core, logits bool) {
	f.x.drop(k, f.key, f.rows)
	for i := range f.stages {
		s := &f.stages[i]
		if s.paired {
			f.forwardPair(k, i)
		} else {
			w, a := f.weights[s.first], f.model.layers[s.first].Activation
			k.Gemm(1, f.input(i), w.blocks[0], 0, s.out.mat(f.rows), kernels.Epilogue{Bias: w.bias, ReLU: a == ReLU})
		}
		a := f.model.layers[s.last()].Activation
		fused, leftOut := a == ReLU && !s.paired, logits && i == len(f.stages)-1
		if !fused && !leftOut {
			a.apply(k, s.out.mat(f.rows))
		}
		s.out.drop(k, f.key, f.rows)
	}
}

// forwardPair computes the worker's units of the layer in the middle, and what
// they add to the outputs; then the sum of what all workers' units add.
func (f *flow) forwardPair(k *kernels.Core, i int) {
	s := &f.stages[i]
	first, second := f.weights[s.first], f.weights[s.last()]
	a := f.model.layers[s.first].Activation
	sparse := i == 0 && f.zeros
	if sparse {
		f.forwardSparse(k)
	}
	for c := s.begin; c < s.end && !sparse; c++ {
		lo, hi := s.shards.bounds(c)
		k.Gemm(1, f.input(i), first.blocks[c], 0, s.part(s.hidden.buffer, f.rows, c),
			kernels.Epilogue{Bias: first.bias[lo:hi], ReLU: a == ReLU})
	}
	if sparse || a != ReLU {
		a.apply(k, s.hidden.mat(f.rows))
	}
	s.hidden.drop(k, f.key, f.rows)
	f.sum(k, s, f.shared[i], s.out.mat(f.rows), func(c int, dst kernels.Mat) {
		var e kernels.Epilogue
		if c == 0 { // the bias counts once
			e.Bias = second.bias
		}
		k.Gemm(1, s.part(s.hidden.seen(), f.rows, c), second.blocks[c], 0, dst, e)
	})
}

// part is shard c of a buffer of the worker's units.
func (s *stageFlow) part(b buffer, rows, c int) kernels.Mat {
	lo, hi := s.shards.bounds(c)
	return b.mat(rows).Slice(0, rows, lo-s.lo, hi-s.lo)
}

// sum sets out to the sum of what term computes for every shard, each by its
// owner, in the order of the tree.
func (f *flow) sum(k *kernels.Core, s *stageFlow, e exchange, out kernels.Mat, term func(shard int, dst kernels.Mat)) {
	f.sumOwn(k, s.deal, e, 0, s.shards.count, term)
	f.meet()
	for at := 0; at < len(out.Data); at += piece {
		f.collect(k, s.deal, e, 0, s.shards.count, 0, out.Data[at:min(at+piece, len(out.Data))], at)
	}
}

// sumOwn computes the sums of all nodes below shards lo to hi-1 that are the
// worker's alone.
func (f *flow) sumOwn(k *kernels.Core, d deal, e exchange, lo, hi int, term func(shard int, dst kernels.Mat)) {
	switch d.owner(lo, hi) {
	case f.rank:
		fold(lo, hi,
			func(c int) { term(c, e.partial[c].mat(f.rows)) },
			func(into, from int) { k.Add(e.partial[into].mat(f.rows).Data, e.partial[from].mat(f.rows).Data) })
	case severalOwners:
		mid := middle(lo, hi)
		f.sumOwn(k, d, e, lo, mid, term)
		f.sumOwn(k, d, e, mid, hi, term)
	}
}

// piece is the number of sums that are collected at a time, so that they stay
// in the first-level cache.
const piece = 1024

// collect sets dst to a piece of the sum of a node, from element at on.
func (f *flow) collect(k *kernels.Core, d deal, e exchange, lo, hi, depth int, dst []float32, at int) {
	if d.owner(lo, hi) != severalOwners {
		copy(dst, e.partial[lo].data[at:])
		return
	}
	mid := middle(lo, hi)
	f.collect(k, d, e, lo, mid, depth+1, dst, at)
	right := e.partial[mid].data[at:][:len(dst)]
	if d.owner(mid, hi) == severalOwners {
		right = f.right[depth][:len(dst)]
		f.collect(k, d, e, mid, hi, depth+1, right, at)
	}
	k.Add(dst, right)
}
