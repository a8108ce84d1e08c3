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

	gemm     gemmArgs // what the workers share out of a call of Gemm
	gemmPart func(rank int, k *Core)
}

type gemmArgs struct {
	alpha, beta float32
	a, b, c     Mat
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
	t.gemmPart = t.gemmShare
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
	if len(t.cores) == 1 || 2*c.Rows*c.Cols*a.Cols < parallelFlops {
		t.cores[0].Gemm(alpha, a, b, beta, c, e)
		return
	}
	t.gemm = gemmArgs{alpha, beta, a, b, c, e}
	t.Run(t.gemmPart)
	t.gemm = gemmArgs{} // the memory of the operands is not ours to keep
}

// gemmShare computes the rank's share.
func (t *Team) gemmShare(rank int, k *Core) {
	a, b, c, e := ShareGemm(t.gemm.a, t.gemm.b, t.gemm.c, t.gemm.e, rank, t.Workers())
	k.Gemm(t.gemm.alpha, a, b, t.gemm.beta, c, e)
}

// ShareGemm cuts a product, c = act(a·b + …), along the longer side of c into one
// part for each of several workers, and returns the operands of that rank's part.
// Neighbours in memory stay together by the line of the cache, which two workers had
// better not both write to. There may be nothing left for a rank.
func ShareGemm(a, b, c Mat, e Epilogue, rank, workers int) (Mat, Mat, Mat, Epilogue) {
	if c.Rows >= c.Cols {
		i0, i1 := Share(c.Rows, shareUnit(c.RowStride), rank, workers)
		return a.Slice(i0, i1, 0, a.Cols), b, c.Slice(i0, i1, 0, c.Cols), e
	}
	j0, j1 := Share(c.Cols, shareUnit(c.ColStride), rank, workers)
	if e.Bias != nil {
		e.Bias = e.Bias[j0:j1]
	}
	return a, b.Slice(0, b.Rows, j0, j1), c.Slice(0, c.Rows, j0, j1), e
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
