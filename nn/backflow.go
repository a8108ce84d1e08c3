package nn

import (
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A backFlow is a flow that also goes back through the layers and updates the
// weights that its worker owns.
type backFlow struct {
	*flow
	rule      rule
	state     state
	m, v      []layerView // moments, as far as the rule has them
	gradients []layerView // nil if each is used up at once
	add       bool        // to the gradients of batches before
	average   []layerView // of the weights, if there is one
	places    []place     // all of the model, if some are needed
	portions  []portion
	norms     []float64  // factors that limit them
	shared    []exchange // of the gradients at the inputs of stages
	back      []stageBack
	grad      []float32 // a bias's gradient, or as much of another
}

// A stageBack has the gradients in a stage, before its activations.
type stageBack struct {
	out    buffer // at all outputs
	hidden buffer // at the worker's units
}

// newBackExchanges makes room for the gradients at the inputs of every stage
// but the first.
func newBackExchanges(m *Sequential, rows int) []exchange {
	es := make([]exchange, len(m.stages))
	for i, s := range m.stages {
		if i > 0 && s.paired {
			es[i] = newExchange(s.shards, rows, m.params[s.first].inputs)
		}
	}
	return es
}

func newBackFlow(f *flow, r rule, st state, shared []exchange) *backFlow {
	b := &backFlow{flow: f, rule: r, shared: shared, norms: make([]float64, 2*len(f.model.layers))}
	widest := 0
	for _, s := range f.stages {
		b.back = append(b.back, stageBack{newBuffer(len(f.losses), s.out.cols), newBuffer(len(f.losses), s.hidden.cols)})
	}
	for _, l := range f.model.layers {
		widest = max(widest, l.Units)
	}
	b.grad = make([]float32, max(placeFloats, widest))
	b.takeViews(st)
	return b
}

// takeShards is that of the flow, with what is kept for its weights.
func (f *backFlow) takeShards(speeds []float64) {
	f.flow.takeShards(speeds)
	for i, s := range f.stages {
		f.back[i].hidden.cols = s.hidden.cols
	}
	f.takePortions()
}

// takeViews views the weights and what is kept for each, as they are now.
func (f *backFlow) takeViews(st state) {
	f.state = st
	f.weights = f.own(f.model.weights)
	f.m, f.v = f.own(st.m), f.own(st.v)
	f.gradients, f.average = f.own(st.gradients), f.own(st.average)
	f.takePortions()
}

// own is the worker's view of numbers laid out like the weights, if there are
// any. A layer without shards is computed by every worker; all but the first
// copy it.
func (f *backFlow) own(numbers []float32) []layerView {
	if numbers == nil {
		return nil
	}
	views := f.model.views(numbers)
	for _, s := range f.stages {
		if f.rank > 0 && !s.paired {
			views[s.first] = views[s.first].clone()
		}
	}
	return views
}

// clone is a view of a copy.
func (v layerView) clone() layerView {
	c := layerView{bias: slices.Clone(v.bias)}
	for _, b := range v.blocks {
		c.blocks = append(c.blocks, kernels.View(slices.Clone(b.Data), b.Rows, b.Cols))
	}
	return c
}

// backward computes the losses and the gradients at every layer. It updates the
// worker's weights, unless the gradients are kept.
func (f *backFlow) backward(k *kernels.Core, o objective) {
	last := len(f.stages) - 1
	o.lossAndGradient(k, f.flow, f.back[last].out.mat(f.rows))
	for i := last; i >= 0; i-- {
		if f.stages[i].paired {
			f.backwardPair(k, i)
		} else {
			f.backwardSingle(k, i)
		}
		if i > 0 {
			before, d := f.stages[i-1], f.back[i-1].out.mat(f.rows)
			before.out.gradient(k, d)
			f.model.layers[before.last()].Activation.gradient(k, d, before.out.mat(f.rows))
		}
	}
}

func (f *backFlow) backwardSingle(k *kernels.Core, i int) {
	layer := f.stages[i].first
	d := f.back[i].out.mat(f.rows)
	if i > 0 {
		k.Gemm(1, d, f.weights[layer].blocks[0].T(), 0, f.back[i-1].out.mat(f.rows), kernels.Epilogue{})
	}
	f.updateKernel(k, layer, f.block(layer, 0), f.input(i), d)
	f.updateBias(k, layer, 0, d)
}

func (f *backFlow) backwardPair(k *kernels.Core, i int) {
	s, b := &f.stages[i], f.back[i]
	first, second := s.first, s.last()
	d, hidden := b.out.mat(f.rows), b.hidden.mat(f.rows)
	rows := f.ownRows(s)
	k.Gemm(1, d, rows.w.T(), 0, hidden, kernels.Epilogue{})
	s.hidden.gradient(k, hidden)
	f.model.layers[first].Activation.gradient(k, hidden, s.hidden.mat(f.rows))
	if i > 0 {
		f.sum(k, s, f.shared[i], f.back[i-1].out.mat(f.rows), func(c int, dst kernels.Mat) {
			k.Gemm(1, s.part(b.hidden, f.rows, c), f.weights[first].blocks[c].T(), 0, dst, kernels.Epilogue{})
		})
	}
	f.updateKernel(k, second, rows, s.hidden.seen().mat(f.rows), d)
	if i == 0 && f.zeros {
		f.updateSparse(k)
	} else {
		for c := s.begin; c < s.end; c++ {
			f.updateKernel(k, first, f.block(first, c), f.input(i), s.part(b.hidden, f.rows, c))
		}
	}
	f.updateBias(k, first, s.lo, hidden)
	if s.begin == 0 && s.end > 0 { // the second bias goes with the first shard
		f.updateBias(k, second, 0, d)
	}
}

// kernelRows are rows of a kernel, contiguous, with what is kept for each weight.
type kernelRows struct {
	w               kernels.Mat
	m, v, gradients []float32 // nil what is not kept
}

// block is a block of a layer's kernel.
func (f *backFlow) block(layer, c int) kernelRows {
	data := func(views []layerView) []float32 {
		if views == nil {
			return nil
		}
		return views[layer].blocks[c].Data
	}
	return kernelRows{f.weights[layer].blocks[c], data(f.m), data(f.v), data(f.gradients)}
}

// ownRows are the rows of the worker's units in the second kernel of a pair, whose
// blocks lie one behind the other.
func (f *backFlow) ownRows(s *stageFlow) kernelRows {
	p := f.model.params[s.last()]
	data := func(numbers []float32) []float32 {
		if numbers == nil || s.begin == s.end {
			return nil
		}
		at := p.blocks[s.begin].at
		return numbers[at : at+(s.hi-s.lo)*p.units]
	}
	st := &f.state
	return kernelRows{kernels.View(data(f.model.weights), s.hi-s.lo, p.units), data(st.m), data(st.v), data(st.gradients)}
}

// slice are rows begin to end-1 of the rows.
func (r kernelRows) slice(begin, end int) kernelRows {
	part := func(numbers []float32) []float32 {
		if numbers == nil {
			return nil
		}
		return numbers[begin*r.w.Cols : end*r.w.Cols]
	}
	return kernelRows{r.w.Slice(begin, end, 0, r.w.Cols), part(r.m), part(r.v), part(r.gradients)}
}

// updateKernel computes the gradient of rows of a kernel, xᵀ·d over the batch, a few
// at a time, and updates them.
func (f *backFlow) updateKernel(k *kernels.Core, layer int, rows kernelRows, x, d kernels.Mat) {
	k.Gradient(x.T(), d, func(begin, end int, g []float32) {
		f.updateRows(k, layer, rows.slice(begin, end), g)
	})
}

// updateRows updates rows of a kernel by their gradient, or keeps it.
func (f *backFlow) updateRows(k *kernels.Core, layer int, rows kernelRows, g []float32) {
	l, w := f.model.layers[layer], rows.w.Data[:len(g)]
	if l.L1 != 0 || l.L2 != 0 {
		k.PenaltyGrad(g, w, l.L1, l.L2)
	}
	if rows.gradients != nil {
		f.keep(k, rows.gradients, g)
		return
	}
	f.rule.update(k, w, rows.m, rows.v, g)
}

// keep keeps a gradient for the end of the step, or of a later one.
func (f *backFlow) keep(k *kernels.Core, kept, g []float32) {
	if f.add {
		k.Add(kept, g)
	} else {
		copy(kept, g)
	}
}

// updateBias updates a bias from element lo on, one for each column of d, or
// keeps its gradient.
func (f *backFlow) updateBias(k *kernels.Core, layer, lo int, d kernels.Mat) {
	if d.Cols == 0 {
		return
	}
	g, hi := f.grad[:d.Cols], lo+d.Cols
	k.ColSum(g, d)
	if f.gradients != nil {
		f.keep(k, f.gradients[layer].bias[lo:hi], g)
		return
	}
	moments := func(views []layerView) []float32 {
		if views == nil {
			return nil
		}
		return views[layer].bias[lo:hi]
	}
	f.rule.update(k, f.weights[layer].bias[lo:hi], moments(f.m), moments(f.v), g)
}
