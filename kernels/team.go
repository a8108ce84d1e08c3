package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/par"

// A Team is a Core for each of several workers: goroutines that stay ready for
// short pieces of work. Only one goroutine may use a Team at once. Close it when
// it is no longer needed.
type Team struct {
	par   *par.Team
	cores []*Core
	task  func(rank int, k *Core)
	run   func(rank int)

	gemm       gemmArgs // what the workers share out of a call of Gemm or GemmPacked
	gemmPart   func(rank int, k *Core)
	packedPart func(rank int, k *Core)
}

type gemmArgs struct {
	alpha, beta float32
	a, b, c     Mat
	packed      Packed // instead of b
	e           Epilogue
}

// parallelFlops is the size of a product below which more than one worker does
// not pay: one finishes it while the others would still be waking up.
const parallelFlops = 1 << 20

// NewTeam returns a team of that many workers, the caller included; below 1
// means 1. It panics if the tier cannot run here (see Tier.Err).
func NewTeam(tier Tier, workers int) *Team {
	t := &Team{}
	for range max(1, workers) {
		t.cores = append(t.cores, NewCore(tier))
	}
	t.par = par.NewTeam(len(t.cores))
	t.run = func(rank int) { t.task(rank, t.cores[rank]) }
	t.gemmPart, t.packedPart = t.gemmShare, t.packedShare
	return t
}

// Workers returns the number of workers, the caller included.
func (t *Team) Workers() int { return len(t.cores) }

// Tier returns the tier of the kernels.
func (t *Team) Tier() Tier { return t.cores[0].tier }

// Run calls task once for each rank from 0 to Workers()-1, each with a Core of
// its own, at the same time, and returns when all calls have. Rank 0 is the
// caller's goroutine. A panic of one call is a panic of Run.
func (t *Team) Run(task func(rank int, k *Core)) {
	t.task = task
	t.par.Run(t.run)
}

// Barrier waits, inside the task of that rank, until every rank has called it.
func (t *Team) Barrier(rank int) { t.par.Barrier(rank) }

// Close ends the workers. The team must not be used again.
func (t *Team) Close() { t.par.Close() }

// Gemm is Core.Gemm with the rows or the columns of c shared out among the
// workers. The bits are the same for any number of workers.
func (t *Team) Gemm(alpha float32, a, b Mat, beta float32, c Mat, e Epilogue) {
	checkGemm(&a, &b, &c, e)
	if !t.pays(a, c) {
		t.cores[0].Gemm(alpha, a, b, beta, c, e)
		return
	}
	t.gemm = gemmArgs{alpha: alpha, a: a, b: b, beta: beta, c: c, e: e}
	t.Run(t.gemmPart)
	t.gemm = gemmArgs{} // the memory of the operands is not ours to keep
}

// GemmPacked is Core.GemmPacked with the work shared out as in Gemm. Any Core of
// the tier can have packed b.
func (t *Team) GemmPacked(alpha float32, a Mat, b *Packed, beta float32, c Mat, e Epilogue) {
	b.check(&a, &c, e, t.Tier())
	if !t.pays(a, c) {
		t.cores[0].GemmPacked(alpha, a, b, beta, c, e)
		return
	}
	t.gemm = gemmArgs{alpha: alpha, a: a, packed: *b, beta: beta, c: c, e: e}
	t.Run(t.packedPart)
	t.gemm = gemmArgs{}
}

// pays reports whether a product is large enough for several workers.
func (t *Team) pays(a, c Mat) bool {
	return len(t.cores) > 1 && 2*c.Rows*c.Cols*a.Cols >= parallelFlops
}

// gemmShare computes the rank's share.
func (t *Team) gemmShare(rank int, k *Core) {
	g := &t.gemm
	a, b, c, e := ShareGemm(g.a, g.b, g.c, g.e, rank, t.Workers())
	k.Gemm(g.alpha, a, b, g.beta, c, e)
}

// packedShare computes the rank's share with whole strips of b.
func (t *Team) packedShare(rank int, k *Core) {
	g := &t.gemm
	a, c, e, j0, j1 := shareOf(g.a, g.c, g.e, mainTile(k.set).NR, rank, t.Workers())
	b := g.packed.columns(j0, j1)
	k.GemmPacked(g.alpha, a, &b, g.beta, c, e)
}

// ShareGemm cuts a product, c = act(a·b + …), along the longer side of c into one
// part for each of several workers, and returns the operands of that rank's part.
// Neighbours in memory stay together by the line of the cache, which two workers had
// better not both write to. There may be nothing left for a rank.
func ShareGemm(a, b, c Mat, e Epilogue, rank, workers int) (Mat, Mat, Mat, Epilogue) {
	a, c, e, j0, j1 := shareOf(a, c, e, shareUnit(c.ColStride), rank, workers)
	return a, b.Slice(0, b.Rows, j0, j1), c, e
}

// shareOf is the rank's part of a, c and the bias, and of the columns of b, from j0
// to j1-1, which come in units.
func shareOf(a, c Mat, e Epilogue, unit, rank, workers int) (Mat, Mat, Epilogue, int, int) {
	if c.Rows >= c.Cols {
		i0, i1 := Share(c.Rows, shareUnit(c.RowStride), rank, workers)
		return a.Slice(i0, i1, 0, a.Cols), c.Slice(i0, i1, 0, c.Cols), e, 0, c.Cols
	}
	j0, j1 := Share(c.Cols, unit, rank, workers)
	if e.Bias != nil {
		e.Bias = e.Bias[j0:j1]
	}
	return a, c.Slice(0, c.Rows, j0, j1), e, j0, j1
}

// shareUnit is the number of rows, or columns, that are not torn apart if they lie
// that far apart: those of a line of the cache.
func shareUnit(stride int) int {
	if stride == 1 {
		return 16
	}
	return 1
}

// Share cuts n things into runs, one for each of several workers, and returns
// the run of that rank: things from begin to end-1. Runs begin at multiples of
// unit and differ by at most one unit.
func Share(n, unit, rank, workers int) (begin, end int) {
	units := (n + unit - 1) / unit
	return min(n, units*rank/workers*unit), min(n, units*(rank+1)/workers*unit)
}
