package kernels

import (
	"math"
	"time"

	"github.com/mnist-fast/mnist-fast/internal/balance"
	"github.com/mnist-fast/mnist-fast/kernels/internal/par"
)

// A Team is a Core for each of several workers: goroutines that stay ready for
// short pieces of work. Only one goroutine may use a Team at once. Close it when
// it is no longer needed.
type Team struct {
	par   *par.Team
	cores []*Core
	task  func(rank int, k *Core)
	run   func(rank int)

	product product // that the workers share out
	part    func(rank int, k *Core)
	balance *balance.Balance // of products
}

// A product of up to parallelFlops for each lane of a vector takes one worker less time
// than to tell the others of it, and one below wakingFlops less than to wake them. A row
// counts for more: it takes longer to read b than to multiply with it. Below
// measuredFlops, it would show that the clock is looked at.
const (
	parallelFlops = 1 << 15
	wakingFlops   = 1 << 23
	rowCounts     = 2
	measuredFlops = 1 << 22
)

// NewTeam returns a team of that many workers, the caller included; below 1
// means 1. It panics if the tier cannot run here (see Tier.Err).
func NewTeam(tier Tier, workers int) *Team {
	t := &Team{}
	for range max(1, workers) {
		t.cores = append(t.cores, NewCore(tier))
	}
	t.par, t.balance = par.NewTeam(len(t.cores)), balance.New(len(t.cores))
	t.run = func(rank int) { t.task(rank, t.cores[rank]) }
	t.part = t.multiplyPart
	return t
}

// Workers returns the number of workers, the caller included.
func (t *Team) Workers() int { return len(t.cores) }

// Tier returns the tier of the kernels.
func (t *Team) Tier() Tier { return t.cores[0].tier }

// Run calls task once for each rank from 0 to Workers()-1, each with a Core of
// its own, at the same time, and returns when all calls have. Rank 0 is the
// caller's goroutine. A panic of one call is a panic of Run. A task must not call methods
// of the Team but Barrier, Tier and Workers: Run panics there, and after Close.
func (t *Team) Run(task func(rank int, k *Core)) {
	if t.task != nil {
		panic("kernels: the team is at work")
	}
	t.task = task
	defer func() { t.task, t.product = nil, product{} }() // what they refer to is not ours to keep
	t.par.Run(t.run)
}

// Barrier waits, inside the task of that rank, until every rank has called it.
func (t *Team) Barrier(rank int) { t.par.Barrier(rank) }

// Close ends the workers. The team must not be used again.
func (t *Team) Close() { t.par.Close() }

// Gemm is Core.Gemm with the rows or the columns of c shared out among the
// workers: evenly, or by how fast each was of late. The bits are the same for any number
// of workers.
func (t *Team) Gemm(alpha float32, a, b Mat, beta float32, c Mat, e Epilogue) {
	var p product
	p.set(alpha, &a, &b, beta, &c, e)
	t.multiply(&p)
}

// GemmPacked is Core.GemmPacked with the work shared out as in Gemm. Any Core of
// the tier can have packed b.
func (t *Team) GemmPacked(alpha float32, a Mat, b *Packed, beta float32, c Mat, e Epilogue) {
	var p product
	p.setPacked(alpha, &a, b, beta, &c, e, t.Tier())
	t.multiply(&p)
}

// multiply computes a product, with all workers if it is large enough.
func (t *Team) multiply(p *product) {
	if !t.shares(p) {
		t.cores[0].run(p)
		return
	}
	t.product = *p
	t.Run(t.part)
	t.balance.Tips(balance.Anywhere)
}

// shares reports whether all workers take part in a product.
func (t *Team) shares(p *product) bool {
	work := p.flops()
	if p.c.Rows == 1 || p.c.Cols == 1 {
		work *= rowCounts
	}
	return len(t.cores) > 1 && work > parallelFlops*float64(t.cores[0].set.Vector) && (work >= wakingFlops || t.par.Ready())
}

func (p *product) flops() float64 {
	return 2 * float64(p.c.Rows) * float64(p.c.Cols) * float64(p.a.Cols) // an int may be too small
}

// multiplyPart computes the rank's part, with whole strips of a packed b.
func (t *Team) multiplyPart(rank int, k *Core) {
	from, to := t.balance.Share(rank)
	unit := shareUnit(t.product.c.ColStride)
	if t.product.packed != nil {
		unit = mainTile(k.set).NR
	}
	p := t.product.share(unit, from, to)
	if t.product.flops() < measuredFlops {
		k.run(&p)
		return
	}
	begin := time.Now()
	k.run(&p)
	t.balance.Add(rank, p.flops(), time.Since(begin))
}

// ShareGemm cuts a product, c = act(a·b + …), along the longer side of c into one
// part for each of several workers, and returns the operands of that rank's part.
// Neighbours in memory stay together by the line of the cache, which two workers had
// better not both write to. There may be nothing left for a rank.
func ShareGemm(a, b, c Mat, e Epilogue, rank, workers int) (Mat, Mat, Mat, Epilogue) {
	p := product{a: a, b: b, c: c, bias: Mat{Data: e.Bias}}.share(shareUnit(c.ColStride), float64(rank)/float64(workers), float64(rank+1)/float64(workers))
	return p.a, p.b, p.c, Epilogue{p.bias.Data, e.ReLU}
}

// share is a part of a product: rows of c, or columns, which come in units.
func (p product) share(unit int, from, to float64) product {
	if p.c.Rows > p.c.Cols {
		i0, i1 := cut(p.c.Rows, shareUnit(p.c.RowStride), from, to)
		p.a, p.c = p.a.Slice(i0, i1, 0, p.a.Cols), p.c.Slice(i0, i1, 0, p.c.Cols)
		return p
	}
	j0, j1 := cut(p.c.Cols, unit, from, to)
	p.b, p.c = p.b.Slice(0, p.b.Rows, j0, j1), p.c.Slice(0, p.c.Rows, j0, j1)
	if p.packed != nil {
		p.packed = p.packed[j0*p.b.Rows:]
	}
	if p.bias.Data != nil {
		p.bias.Data = p.bias.Data[j0:j1]
	}
	return p
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
// the run of that rank: things from begin to end-1. Runs are as many units as each
// other, or one more; n may cut the last one short.
func Share(n, unit, rank, workers int) (begin, end int) {
	return cut(n, unit, float64(rank)/float64(workers), float64(rank+1)/float64(workers))
}

// cut returns which of n things, in units, are between two parts of the whole.
func cut(n, unit int, from, to float64) (begin, end int) {
	units := float64((n + unit - 1) / unit)
	return min(n, int(math.Round(units*from))*unit), min(n, int(math.Round(units*to))*unit)
}
