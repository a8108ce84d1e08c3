package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// A penalty sums L1·Σ|w| + L2·Σw² over the kernels of a model: a float32 sum
// for each row of each block, by one worker each, then all of them in order.
type penalty struct {
	model *Sequential
	views []layerView
	rows  [][][]float32 // of each layer and block; none for a layer without penalty
}

func newPenalty(m *Sequential) penalty {
	p := penalty{model: m, views: m.views(m.weights), rows: make([][][]float32, len(m.layers))}
	for i, l := range m.layers {
		if l.L1 == 0 && l.L2 == 0 {
			continue
		}
		for _, b := range m.params[i].blocks {
			p.rows[i] = append(p.rows[i], make([]float32, b.rows))
		}
	}
	return p
}

// sum computes the sums of rows of the worker's blocks.
func (p penalty) sum(k *kernels.Core, rank, workers int) {
	for i, blocks := range p.rows {
		l := p.model.layers[i]
		begin, end := kernels.Share(len(blocks), 1, rank, workers)
		if len(blocks) == 1 {
			// Worker 0 has the layers that all compute. Of a pair, another may own
			// the block, but updates it only after all have met in forward.
			begin, end = 0, 1-min(rank, 1)
		}
		for c := begin; c < end; c++ {
			w := p.views[i].blocks[c]
			for r := range blocks[c] {
				row := w.Row(r)
				blocks[c][r] = float32(l.L1*k.SumAbs(row)) + float32(l.L2*k.Dot(row, row))
			}
		}
	}
}

// total adds the sums of rows.
func (p penalty) total() float64 {
	total := 0.0
	for _, blocks := range p.rows {
		for _, rows := range blocks {
			for _, x := range rows {
				total += float64(x)
			}
		}
	}
	return total
}
