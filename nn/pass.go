package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A pass has the buffers through which a batch of up to a number of samples
// flows forward. Workers share it, each with rows of its own.
type pass struct {
	model   *Sequential
	acts    []kernels.Mat // the samples, then the output of each layer
	targets kernels.Mat
	losses  []float32 // of each sample
	hits    []bool    // whether the largest output is where the largest target is
}

func newPass(m *Sequential, rows int) *pass {
	p := &pass{
		model:   m,
		acts:    []kernels.Mat{kernels.NewMat(rows, m.inputs)},
		targets: kernels.NewMat(rows, m.Outputs()),
		losses:  make([]float32, rows),
		hits:    make([]bool, rows),
	}
	for _, l := range m.layers {
		p.acts = append(p.acts, kernels.NewMat(rows, l.Units))
	}
	return p
}

func (p *pass) capacity() int { return len(p.losses) }

// rowsOf is the view of rows lo to hi-1 of a contiguous matrix, with no data
// beyond them.
func rowsOf(m kernels.Mat, lo, hi int) kernels.Mat {
	return kernels.View(m.Data[lo*m.Cols:hi*m.Cols], hi-lo, m.Cols)
}

// gather reads samples into rows lo to hi-1; rows[i] is the sample of row i.
func (p *pass) gather(k *kernels.Core, d Dataset, rows []int, lo, hi int) {
	d.X.Gather(k, rowsOf(p.acts[0], lo, hi), rows[lo:hi])
	if d.Y != nil {
		d.Y.Gather(k, rowsOf(p.targets, lo, hi), rows[lo:hi])
	}
}

// forward runs rows lo to hi-1 through the layers. It leaves out the last
// activation if the loss wants to see its input.
func (p *pass) forward(k *kernels.Core, lo, hi int, logits bool) {
	for i, l := range p.model.layers {
		x, y := rowsOf(p.acts[i], lo, hi), rowsOf(p.acts[i+1], lo, hi)
		w := p.model.params[i]
		k.Gemm(1, x, w.kernel, 0, y, kernels.Epilogue{Bias: w.bias, ReLU: l.Activation == ReLU})
		if last := i == len(p.model.layers)-1; !last || !logits {
			l.Activation.apply(k, y)
		}
	}
}

// output is the last layer's output for rows lo to hi-1.
func (p *pass) output(lo, hi int) kernels.Mat { return rowsOf(p.acts[len(p.acts)-1], lo, hi) }

// score compares the outputs of rows lo to hi-1 with their targets. The softmax
// does not change which output is largest, so it may be left out.
func (p *pass) score(lo, hi int) {
	y, t := p.output(lo, hi), rowsOf(p.targets, lo, hi)
	for i := range y.Rows {
		p.hits[lo+i] = correct(y.Row(i), t.Row(i))
	}
}

// correct is Keras's accuracy of one sample: whether the largest output and the
// largest target are at the same place; for a single output, whether both are
// on the same side of ½.
func correct(y, t []float32) bool {
	if len(y) == 1 {
		return (y[0] > 0.5) == (t[0] > 0.5)
	}
	i := Argmax(y)
	return i >= 0 && i == Argmax(t)
}

// Argmax returns the place of the largest number, the first of equals; -1 if
// there is none that is not NaN.
func Argmax(xs []float32) int {
	best := -1
	for i, x := range xs {
		if x == x && (best < 0 || x > xs[best]) {
			best = i
		}
	}
	return best
}

// sums adds up the metrics of the first n rows, in their order, each with the
// penalty on its loss.
func (p *pass) sums(n int, penalty float64) metricSum {
	s := metricSum{samples: n}
	for i := range n {
		s.loss += float64(p.losses[i]) + penalty
		if p.hits[i] {
			s.hits++
		}
	}
	return s
}
