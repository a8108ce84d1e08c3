package nn

import (
	"math"
	"math/rand/v2"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A dropout sets a share of a layer's outputs to 0 and the others to 1/(1-rate)
// times what they were, in training only (N. Srivastava et al.: Dropout, 2014,
// scaled as in Keras).
//
// Which are dropped is decided by 16 bits each, against the rate in units of
// 2⁻¹⁶. The random numbers of each row of each shard come from a stream of their
// own, so that it does not matter which worker draws them.
type dropout struct {
	layer     int // from 1; 0: the model's inputs
	threshold int
	scale     float32
	spans     []span
	mask      buffer // 0 for an output that is dropped, else 1
	kept      buffer
	source    rand.PCG
}

// A span is the columns lo to hi-1 of a worker's buffer, which are one shard's.
type span struct{ shard, lo, hi int }

// newDropout returns nil if nothing is dropped.
func newDropout(rate float32, layer, rows, cols int, spans ...span) *dropout {
	if rate == 0 {
		return nil
	}
	return &dropout{
		layer: layer, threshold: int(math.Round(float64(rate) * (1 << 16))), scale: 1 / (1 - rate), spans: spans,
		mask: newBuffer(rows, cols), kept: newBuffer(rows, cols),
	}
}

// takeShards makes it one of the outputs of the worker's shards of a stage.
func (d *dropout) takeShards(s *stageFlow) {
	if d == nil {
		return
	}
	d.mask.cols, d.kept.cols, d.spans = s.hidden.cols, s.hidden.cols, d.spans[:0]
	for c := s.begin; c < s.end; c++ {
		lo, hi := s.shards.bounds(c)
		d.spans = append(d.spans, span{c, lo - s.lo, hi - s.lo})
	}
}

// draw decides which outputs of a batch are dropped.
func (d *dropout) draw(key uint64, rows int) {
	mask := d.mask.mat(rows)
	for i := range rows {
		for _, s := range d.spans {
			d.source.Seed(key, uint64(d.layer)<<32|uint64(i)<<8|uint64(s.shard))
			d.fill(mask.Row(i)[s.lo:s.hi])
		}
	}
}

// fill draws a mask without branches, which could not be predicted.
func (d *dropout) fill(mask []float32) {
	const one = 0x3f800000 // the bits of 1
	var bits uint64
	for i := range mask {
		if i%4 == 0 {
			bits = d.source.Uint64()
		}
		dropped := (int(bits&0xffff) - d.threshold) >> 31 // all ones if below
		mask[i] = math.Float32frombits(uint32(one &^ dropped))
		bits >>= 16
	}
}

// apply sets y to x, scaled, where the mask is 1, else to 0.
func (d *dropout) apply(k *kernels.Core, y, x kernels.Mat) {
	k.Scale(y.Data, x.Data, d.scale)
	k.ReLUGrad(y.Data, y.Data, d.mask.mat(x.Rows).Data)
}

// An outputs has the outputs of a layer, of which the next one may see less.
type outputs struct {
	buffer
	dropout *dropout // nil: the next layer sees them all
}

func newOutputs(rows, cols int) outputs { return outputs{buffer: newBuffer(rows, cols)} }

// seen is what the next layer sees.
func (o outputs) seen() buffer {
	if o.dropout == nil {
		return o.buffer
	}
	return o.dropout.kept
}

func (o outputs) drop(k *kernels.Core, key uint64, rows int) {
	if d := o.dropout; d != nil {
		d.draw(key, rows)
		d.apply(k, d.kept.mat(rows), o.mat(rows))
	}
}

// gradient turns g, the gradient at what is seen, into the gradient at the outputs.
func (o outputs) gradient(k *kernels.Core, g kernels.Mat) {
	if o.dropout != nil {
		o.dropout.apply(k, g, g)
	}
}

// addDropout makes the flow one of training. It has no shards yet.
func (f *flow) addDropout(inputs float32) {
	f.trains = true
	rows, layers := len(f.losses), f.model.layers
	f.x.dropout = newDropout(inputs, 0, rows, f.x.cols, span{0, 0, f.x.cols})
	if f.x.dropout != nil {
		f.sparse = nil // its numbers would have to be dropped one by one
	}
	for i := range f.stages {
		s := &f.stages[i]
		if s.paired {
			s.hidden.dropout = newDropout(layers[s.first].Dropout, s.first+1, rows, s.hidden.cols)
		}
		s.out.dropout = newDropout(layers[s.last()].Dropout, s.last()+1, rows, s.out.cols, span{0, 0, s.out.cols})
	}
}

// dropoutKey is the key of the streams of one batch.
func dropoutKey(seed uint64, batch int) uint64 {
	var p rand.PCG
	p.Seed(seed, dropoutStream+uint64(batch))
	return p.Uint64()
}
