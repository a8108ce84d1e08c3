package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A penalty sums L1·Σ|w| + L2·Σw² over the kernels of a model: a float32 sum
// for each row of a kernel, by whichever worker, then all of them in order.
type penalty struct {
	model *Sequential
	rows  [][]float32 // of each layer; nil for a layer without penalty
}

func newPenalty(m *Sequential) penalty {
	p := penalty{model: m, rows: make([][]float32, len(m.layers))}
	for i, l := range m.layers {
		if l.L1 != 0 || l.L2 != 0 {
			p.rows[i] = make([]float32, m.params[i].kernel.Rows)
		}
	}
	return p
}

// sum computes the worker's share of the sums of rows.
func (p penalty) sum(k *kernels.Core, rank, workers int) {
	for i, rows := range p.rows {
		l, w := p.model.layers[i], p.model.params[i].kernel
		lo, hi := kernels.Share(len(rows), 1, rank, workers)
		for r := lo; r < hi; r++ {
			row := w.Row(r)
			rows[r] = float32(l.L1*k.SumAbs(row)) + float32(l.L2*k.Dot(row, row))
		}
	}
}

// total adds the sums of rows.
func (p penalty) total() float64 {
	total := 0.0
	for _, rows := range p.rows {
		for _, x := range rows {
			total += float64(x)
		}
	}
	return total
}
