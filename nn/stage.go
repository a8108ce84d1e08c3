package nn

// A stage is two layers, or a single one, between points where every
// worker has all activations. In a stage of two, each worker has units of the
// layer between them: columns of the first kernel and rows of the second, which
// no other worker touches. So only the sums at the end of a stage cross from
// worker to worker (M. Shoeybi et al.: Megatron-LM, 2019).
//
// The units are cut into shards, and the products over them are summed shard by
// shard in the order of a fixed tree: how depends on the number of units alone,
// never on the workers, and so do all bits.
type stage struct {
	first  int // layer
	paired bool
	shards shards // of the units between the layers
}

// stages cuts layers into pairs. A softmax needs all its units, so no worker
// can have only some of them.
func stages(layers []Dense) []stage {
	var list []stage
	for i := 0; i < len(layers); {
		s := stage{first: i, paired: i+1 < len(layers) && layers[i].Activation != Softmax}
		if s.paired {
			s.shards = cut(layers[i].Units)
		}
		list = append(list, s)
		i = s.last() + 1
	}
	return list
}

// last is the stage's last layer.
func (s stage) last() int {
	if s.paired {
		return s.first + 1
	}
	return s.first
}
