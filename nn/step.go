package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A step trains on one batch. Its buffers are made once.
//
// Every worker takes rows of the batch, forward and back through all layers;
// then, past a barrier, rows of every kernel, for which it computes the
// gradient over the whole batch and updates the weights. So a weight and its
// moments are written by one worker only, and no sum depends on their number.
type step struct {
	*pass
	team    *kernels.Team
	loss    Loss
	rule    rule
	steps   int           // that the rule has made
	deltas  []kernels.Mat // gradient at the output of each layer, before its activation
	moments [][]float32   // like the weights, once for each moment of the rule
	grads   [][]float32   // scratch of each worker

	data    Dataset
	rows    []int // samples of the batch at hand
	penalty penalty
	run     func(rank int, k *kernels.Core)
}

// gradFloats is the size of the piece of a gradient that is computed and used
// up while it is in the first-level cache (32 KiB).
const gradFloats = 8192

func newStep(m *Sequential, team *kernels.Team, loss Loss, r rule, batch int) *step {
	s := &step{pass: newPass(m, batch), team: team, loss: loss, rule: r, penalty: newPenalty(m)}
	widest := 0
	for _, l := range m.layers {
		s.deltas = append(s.deltas, kernels.NewMat(batch, l.Units))
		widest = max(widest, l.Units)
	}
	for range r.moments() {
		s.moments = append(s.moments, make([]float32, len(m.weights)))
	}
	for range team.Workers() {
		s.grads = append(s.grads, make([]float32, max(gradFloats, widest)))
	}
	s.run = s.work
	return s
}

// train updates the weights from the samples in rows and returns what the model
// scored on them before.
func (s *step) train(d Dataset, rows []int) metricSum {
	s.data, s.rows = d, rows
	s.rule.next()
	s.steps++
	s.team.Run(s.run)
	return s.sums(len(rows), s.penalty.total())
}

// work is one worker's part of a step.
func (s *step) work(rank int, k *kernels.Core) {
	s.penalty.sum(k, rank, s.team.Workers())
	if lo, hi := kernels.Share(len(s.rows), 1, rank, s.team.Workers()); lo < hi {
		s.gather(k, s.data, s.rows, lo, hi)
		s.forward(k, lo, hi, s.loss.fusesSoftmax())
		s.score(lo, hi)
		s.backward(k, lo, hi)
	}
	s.team.Barrier()
	for i := range s.model.layers {
		s.updateKernel(rank, k, i)
		s.updateBias(rank, k, i)
	}
}

// backward computes the gradients at every layer for rows lo to hi-1.
func (s *step) backward(k *kernels.Core, lo, hi int) {
	last := len(s.deltas) - 1
	s.loss.lossAndGradient(k, s.losses[lo:hi], rowsOf(s.deltas[last], lo, hi), s.output(lo, hi),
		rowsOf(s.targets, lo, hi), s.model.outputActivation(), len(s.rows))
	for i := last; i > 0; i-- {
		d := rowsOf(s.deltas[i-1], lo, hi)
		k.Gemm(1, rowsOf(s.deltas[i], lo, hi), s.model.params[i].kernel.T(), 0, d, kernels.Epilogue{})
		s.model.layers[i-1].Activation.gradient(k, d, rowsOf(s.acts[i], lo, hi))
	}
}

// updateKernel computes the gradient of the worker's rows of a kernel, xᵀ·d
// over the whole batch, a few rows at a time, and updates them.
func (s *step) updateKernel(rank int, k *kernels.Core, layer int) {
	l, p := s.model.layers[layer], s.model.params[layer]
	n := len(s.rows)
	xT, d := rowsOf(s.acts[layer], 0, n).T(), rowsOf(s.deltas[layer], 0, n)
	inputs, units := p.kernel.Rows, p.kernel.Cols
	block := max(1, gradFloats/units)
	lo, hi := kernels.Share(inputs, 1, rank, s.team.Workers())
	for r := lo; r < hi; r += block {
		end := min(r+block, hi)
		g := s.grads[rank][:(end-r)*units]
		k.Gemm(1, xT.Slice(r, end, 0, n), d, 0, kernels.View(g, end-r, units), kernels.Epilogue{})
		at := p.at + r*units
		w := s.model.weights[at : at+len(g)]
		if l.L1 != 0 || l.L2 != 0 {
			k.PenaltyGrad(g, w, l.L1, l.L2)
		}
		s.update(k, at, g)
	}
}

// updateBias does the same for the worker's part of a bias.
func (s *step) updateBias(rank int, k *kernels.Core, layer int) {
	bias := s.model.params[layer].bias
	d := rowsOf(s.deltas[layer], 0, len(s.rows))
	lo, hi := kernels.Share(len(bias), 1, rank, s.team.Workers())
	if lo == hi {
		return
	}
	g := s.grads[rank][:hi-lo]
	k.ColSum(g, d.Slice(0, d.Rows, lo, hi))
	p := s.model.params[layer]
	s.update(k, p.at+len(p.kernel.Data)+lo, g)
}

// update applies the rule to the weights from place at on.
func (s *step) update(k *kernels.Core, at int, g []float32) {
	end := at + len(g)
	var m, v []float32
	if len(s.moments) > 0 {
		m = s.moments[0][at:end]
	}
	if len(s.moments) > 1 {
		v = s.moments[1][at:end]
	}
	s.rule.update(k, s.model.weights[at:end], m, v, g)
}
