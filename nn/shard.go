package nn

import "github.com/mnist-fast/mnist-fast/kernels"

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
func (s shards) bounds(i int) (begin, end int) {
	return min(i*s.width, s.units), min((i+1)*s.width, s.units)
}

// own is the run of shards of one of several workers.
func (s shards) own(rank, workers int) (begin, end int) {
	return kernels.Share(s.count, 1, rank, workers)
}

// severalOwners is the owner of shards that are not one worker's alone.
const severalOwners = -1

// owner is the worker that owns all of shards lo to hi-1.
func (s shards) owner(lo, hi, workers int) int {
	for rank := range workers {
		if begin, end := s.own(rank, workers); lo >= begin && hi <= end {
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
