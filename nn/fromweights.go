package nn

// FromWeights returns a model with the weights that kernel and bias tell, for
// each layer, input and unit, counted from 0. It fails as NewSequential does.
func FromWeights(inputs int, layers []Dense, kernel func(layer, input, unit int) float32, bias func(layer, unit int) float32) (*Sequential, error) {
	m, err := newModel(inputs, layers)
	if err != nil {
		return nil, err
	}
	for i, p := range m.params {
		for _, b := range p.blocks {
			for r := range b.rows {
				row := b.of(m.weights).Row(r)
				for c := range row {
					row[c] = kernel(i, b.row+r, b.col+c)
				}
			}
		}
		for unit := range p.units {
			m.weights[p.bias+unit] = bias(i, unit)
		}
	}
	return m, nil
}
