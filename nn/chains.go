package nn

// Chains tells in which order Predict adds up the products of layer i: programs
// that want its bits must do the same. It cuts the layer's inputs into runs and
// returns their ends; all but the last have one length. The products of a run are
// a chain of fused multiply-adds, one rounding each, in the order of the inputs.
// The first run's chain starts from the bias, the others from 0. The sums of
// the runs are then added: each second one to its left neighbour, of what is left
// again each second one to its left neighbour, and so on.
func (m *Sequential) Chains(i int) (ends []int) {
	for _, b := range m.params[i].blocks {
		if b.col == 0 {
			ends = append(ends, b.row+b.rows)
		}
	}
	return ends
}
