package nn

// shards are runs of neighbouring units.
type shards struct{ units, width, count int }

// maxShards is how many workers can share a stage; shardUnit makes a shard's
// rows whole cache lines.
const (
	treeDepth = 3
	maxShards = 1 << treeDepth
	shardUnit = 16
)

// cut makes at most maxShards shards of whole shardUnits; the last may be smaller.
func cut(units int) shards {
	width := (units + maxShards - 1) / maxShards
	width = (width + shardUnit - 1) / shardUnit * shardUnit
	return shards{units, width, (units + width - 1) / width}
}

// bounds are the first unit of shard s and the one behind its last.
func (s shards) bounds(i int) (begin, end int) { return s.unitsOf(i, i+1) }

// unitsOf are the first unit of a run of shards and the one behind its last.
func (s shards) unitsOf(begin, end int) (lo, hi int) {
	return min(begin*s.width, s.units), min(end*s.width, s.units)
}

// most is how many units a worker may be dealt.
func (s shards) most(rank, workers int) int {
	if rank >= s.count {
		return 0
	}
	return min(s.units, (s.count-min(s.count, workers)+1)*s.width)
}

// A deal says where each worker's run of shards ends; it begins where the one before ends.
type deal []int

// set gives a shard to each worker, as long as there are some, and the others, one by
// one, to who would be done with it first, at such speeds.
func (d deal) set(s shards, speeds []float64) {
	for rank := range d {
		d[rank] = min(1, max(0, s.count-rank))
	}
	for range s.count - len(d) {
		first := 0
		for rank := range d {
			if float64(d[rank]+1)/speeds[rank] < float64(d[first]+1)/speeds[first] {
				first = rank
			}
		}
		d[first]++
	}
	for rank := range d[1:] {
		d[rank+1] += d[rank]
	}
}

// run is the worker's run of shards, which may be empty.
func (d deal) run(rank int) (begin, end int) {
	if rank > 0 {
		begin = d[rank-1]
	}
	return begin, d[rank]
}

// severalOwners is the owner of shards that are not one worker's alone.
const severalOwners = -1

// owner is the worker that owns all of shards lo to hi-1.
func (d deal) owner(lo, hi int) int {
	for rank := range d {
		if begin, end := d.run(rank); lo >= begin && hi <= end {
			return rank
		}
	}
	return severalOwners
}

// middle cuts a node of the tree of sums, shards lo to hi-1, in two: the left
// one has the largest power of two below their number.
func middle(lo, hi int) int {
	half := 1
	for 2*half < hi-lo {
		half *= 2
	}
	return lo + half
}

// fold visits the node's shards in order, and adds them up in the order of the
// tree: add(i, j) is to add the sum at j to the sum at i.
func fold(lo, hi int, leaf func(shard int), add func(into, from int)) {
	if hi-lo == 1 {
		leaf(lo)
		return
	}
	mid := middle(lo, hi)
	fold(lo, mid, leaf, add)
	fold(mid, hi, leaf, add)
	add(lo, mid)
}
