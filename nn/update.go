package nn

import (
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// Where gradients are clipped, or summed over several batches, no weight may
// change before all gradients are known. Then the gradients have a buffer like
// the weights', and the weights are updated at the end of a step, place by
// place. Averages of weights follow in the same way.

// A place is a run of at most placeFloats neighbouring numbers of a block of a kernel,
// or of a bias, which the first-level cache has room for. Places depend on the model
// alone.
type place struct {
	stage, layer int
	bias         bool
	shard        int // whose owner has the place
	lo, hi       int // in the block or the bias
}

const placeFloats = 1 << 13

// places lists all places of a model.
func (m *Sequential) places() []place {
	var list []place
	add := func(p place, lo, hi int) {
		for ; lo < hi; lo += placeFloats {
			p.lo, p.hi = lo, min(lo+placeFloats, hi)
			list = append(list, p)
		}
	}
	for i, s := range m.stages {
		for layer := s.first; layer <= s.last(); layer++ {
			for c, b := range m.params[layer].blocks {
				add(place{stage: i, layer: layer, shard: c}, 0, b.rows*b.cols)
			}
			if !s.paired || layer > s.first { // one bias, which goes with the first shard
				add(place{stage: i, layer: layer, bias: true}, 0, m.params[layer].units)
				continue
			}
			for c := range s.shards.count {
				lo, hi := s.shards.bounds(c)
				add(place{stage: i, layer: layer, bias: true, shard: c}, lo, hi)
			}
		}
	}
	return list
}

// of is the place's part of weights, or of numbers laid out like them; nil of
// those that are not kept.
func (p place) of(views []layerView) []float32 {
	switch {
	case views == nil:
		return nil
	case p.bias:
		return views[p.layer].bias[p.lo:p.hi]
	}
	return views[p.layer].blocks[p.shard].Data[p.lo:p.hi]
}

// A portion is a place whose weights a worker updates.
type portion struct {
	index               int // of the place
	w, m, v, g, average []float32
}

// takePortions makes views of the worker's places, if it needs them.
func (f *backFlow) takePortions() {
	if f.gradients == nil && f.average == nil {
		return
	}
	if f.places == nil {
		f.places = f.model.places()
		f.portions = make([]portion, 0, len(f.places)) // for any deal
	}
	f.portions = f.portions[:0]
	for i, p := range f.places {
		s := f.stages[p.stage]
		if s.paired && (p.shard < s.begin || p.shard >= s.end) {
			continue
		}
		f.portions = append(f.portions, portion{i, p.of(f.weights), p.of(f.m), p.of(f.v), p.of(f.gradients), p.of(f.average)})
	}
}

// update makes an update of the gradients summed over some batches.
func (f *backFlow) update(k *kernels.Core, c *clipping, batches int) {
	if batches > 1 {
		for _, p := range f.portions {
			k.Divide(p.g, p.g, float32(batches))
		}
	}
	if c.norm > 0 {
		f.squares(k, c)
		f.meet()
		c.factors(f.norms)
	}
	for _, p := range f.portions {
		c.clip(k, p.g, f.norms[c.groups[p.index]])
		f.rule.update(k, p.w, p.m, p.v, p.g)
	}
}

// squares leaves the sums of squares of the worker's gradients where all find
// them. Of layers that all compute, the first worker does.
func (f *backFlow) squares(k *kernels.Core, c *clipping) {
	for _, p := range f.portions {
		if f.rank == 0 || c.shared[p.index] {
			c.sums[p.index] = k.Dot(p.g, p.g)
		}
	}
}

// follow moves the averages towards the weights; at first they are the weights.
func (f *backFlow) follow(k *kernels.Core, momentum float64, first bool) {
	for _, p := range f.portions {
		if first {
			copy(p.average, p.w)
			continue
		}
		behind := f.grad[:len(p.w)]
		k.Residual(behind, p.average, p.w, 1)
		k.SGD(p.average, behind, float32(1-momentum))
	}
}

// A clipping limits gradients.
type clipping struct {
	value float32 // of each number; 0: no limit
	norm  float64 // of each group of places; 0: no limit

	// Of each place: its group, whether its stage is shared out among the
	// workers, and the sum of the squares of the gradient.
	groups []int
	shared []bool
	sums   []float32
}

// newClipping returns nil if gradients are not kept.
func newClipping(m *Sequential, c *Config) *clipping {
	if !c.keepsGradients() {
		return nil
	}
	cl := &clipping{value: float32(c.ClipValue), norm: c.ClipNorm + c.GlobalClipNorm} // one is 0
	for _, p := range m.places() {
		group := 0 // all together
		if c.ClipNorm > 0 {
			group = 2 * p.layer
			if p.bias {
				group++
			}
		}
		cl.groups = append(cl.groups, group)
		cl.shared = append(cl.shared, m.stages[p.stage].paired)
	}
	cl.sums = make([]float32, len(cl.groups))
	return cl
}

// factors sets what the gradients of each group are to be multiplied with.
func (c *clipping) factors(fs []float64) {
	clear(fs)
	for i, sum := range c.sums {
		fs[c.groups[i]] += float64(sum)
	}
	for i, sum := range fs {
		fs[i] = 1
		if norm := math.Sqrt(sum); norm > c.norm {
			fs[i] = c.norm / norm
		}
	}
}

// clip limits a gradient of a group with that factor.
func (c *clipping) clip(k *kernels.Core, g []float32, factor float64) {
	if c.norm > 0 && factor != 1 {
		k.Scale(g, g, float32(factor))
	}
	if c.value == 0 {
		return
	}
	for i, x := range g {
		if x > c.value {
			g[i] = c.value
		} else if x < -c.value {
			g[i] = -c.value
		}
	}
}
