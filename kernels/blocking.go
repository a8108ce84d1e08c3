package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// A blocking is the size of the cache blocks of GEMM, as in K. Goto, R. van de
// Geijn: Anatomy of high-performance matrix multiplication, 2008: blocks of a of
// m × k, and of b of k × n. No bit depends on it: each block of k carries on the
// chains that c holds.
type blocking struct {
	m, n, k int
	line    int // elements of a block of b that are read again for each line of tiles
}

const (
	minBlockK, maxBlockK = 256, 1024 // below it is loading c that takes the time
	maxBlockA            = 1 << 17   // elements; 1 << 18 was 2 to 6 % slower with a cache of 2 MB, and calls of assembly longer
	blockN               = 2048
)

// blockingFor keeps a block of a in three quarters of the second-level cache, of that
// many bytes, and a strip of b in an eighth. In the paper, a strip fits the first level;
// but prefetchers bring a and b from the second as fast as tiles read them, and c comes
// and goes less often: 1024³ at 0.94 of the ceiling on Zen 1, not 0.91. A block of b in
// half of it is read again and again instead of the block of a.
func blockingFor(s *micro.Set, l2 int) blocking {
	mr, nr := highest(s), mainTile(s).NR
	k := min(max(l2/8/(4*nr), minBlockK), maxBlockK)
	return blocking{m: max(min(l2/4*3/4, maxBlockA)/k/mr, 1) * mr, n: blockN, k: k, line: l2 / 2 / 4}
}

// mainTile is the tile for a large c.
func mainTile(s *micro.Set) *micro.Tile { return tileFor(s, manyRows, blockN) }

// evenly cuts n into as few parts as a limit allows, all of them alike and a
// multiple of unit, and returns their size.
func evenly(n, limit, unit int) int {
	if n <= limit {
		return n
	}
	parts := (n + limit - 1) / limit
	return (n + parts*unit - 1) / (parts * unit) * unit
}
