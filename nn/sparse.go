package nn

import (
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A sparseTable is a table that can tell which numbers of a row are not zero.
type sparseTable interface {
	Table
	nonZero(rows []int) int // how many in these rows
	// gatherParts sets rows begin to end-1 of s: row i is row rows[i] of the table.
	gatherParts(k *kernels.Core, s *kernels.SparseParts, rows []int, begin, end int)
}

// A sparseBatch has the numbers of a batch that are not zero. A product with a
// finite kernel leaves out the others without changing a bit. The columns are cut
// into parts, so that a part's rows of a kernel stay in a near cache.
type sparseBatch struct {
	inputs     int
	x          kernels.SparseParts
	transposed []kernels.Sparse // of its parts
	finite     []bool           // of each worker: whether its columns of the first kernel are
}

// Parts are so wide that 64 units of a kernel take 51 KB, in the second-level cache:
// narrower ones cost more where a row of lists begins and ends than they save. Of few
// samples, of which hardly two need the same row of a kernel, they are as wide as can be.
const (
	partColumns = 200
	wideColumns = kernels.MaxSparseCols
	fewRows     = 4
)

// newSparseBatch returns one for batches of up to that many rows, or nil if the
// first layer has no use for it.
func newSparseBatch(m *Sequential, rows, workers int) *sparseBatch {
	if !m.stages[0].paired || !kernels.SparseFits(rows, m.inputs) {
		return nil
	}
	s := &sparseBatch{inputs: m.inputs, finite: make([]bool, workers)}
	s.begin(rows)
	s.transposed = make([]kernels.Sparse, s.x.Parts())
	return s
}

// begin makes room for a batch, before its workers gather it. There may be no
// sparseBatch.
func (s *sparseBatch) begin(rows int) {
	if s == nil {
		return
	}
	width := partColumns
	if rows <= fewRows {
		width = wideColumns
	}
	s.x.Reset(rows, s.inputs, width)
}

// transpose makes the rank's share of the transposes.
func (s *sparseBatch) transpose(rank, workers int) {
	begin, end := kernels.Share(s.x.Parts(), 1, rank, workers)
	for p := begin; p < end; p++ {
		x, _, _ := s.x.Part(p)
		x.TransposeTo(&s.transposed[p])
	}
}

// Where more than sparseShare of the numbers are not zero, dense products are
// faster, unless the samples are few. Whether they are is told from the first
// sparseProbe samples of a batch: by the data alone, so that every machine does the
// same.
const (
	sparseShare = 0.3
	sparseProbe = 4
)

// asSparse returns the table if few numbers of the batch are not zero. It has to be
// one of ours, and no table of another kind that embeds one: that has a Gather of its
// own.
func asSparse(x Table, rows []int) (sparseTable, bool) {
	switch x.(type) {
	case Floats, Bytes, *batch:
	default:
		return nil, false
	}
	t := x.(sparseTable)
	if len(rows) <= fewRows {
		return t, true
	}
	probe := rows[:min(len(rows), sparseProbe)]
	return t, float64(t.nonZero(probe)) <= sparseShare*float64(len(probe)*t.Width())
}

// gatherSparse reads the batch as a sparse one, if that is faster and makes no
// difference, and reports whether it did.
func (f *flow) gatherSparse(k *kernels.Core, x Table, rows []int) bool {
	if f.sparse == nil {
		return false
	}
	t, ok := asSparse(x, rows)
	if !ok {
		return false
	}
	begin, end := kernels.Share(len(rows), 1, f.rank, f.workers)
	t.gatherParts(k, &f.sparse.x, rows, begin, end)
	f.sparse.finite[f.rank] = f.finite(k)
	f.meet()
	return !slices.Contains(f.sparse.finite[:f.workers], false)
}

// A kernelCheck says whether a kernel, after that many edits of the model, is
// finite.
type kernelCheck struct {
	edits  int
	finite bool
}

// finite reports whether the worker's columns of the first kernel are numbers, so
// that zero times any of them is zero.
func (f *flow) finite(k *kernels.Core) bool {
	if f.checked.edits != f.model.edits {
		f.checked = kernelCheck{f.model.edits, true}
		s := &f.stages[0]
		for c := s.begin; c < s.end; c++ {
			f.checked.finite = f.checked.finite && k.Finite(f.weights[s.first].blocks[c].Data)
		}
	}
	return f.checked.finite
}

// A shardRun is a number of neighbouring shards of one width.
type shardRun struct{ begin, end, width int }

// runs are the worker's shards: the last one may be narrower than the others.
// Either run may be empty.
func (s *stageFlow) runs() [2]shardRun {
	whole := s.shards.units / s.shards.width
	cut := min(max(s.begin, whole), s.end)
	return [2]shardRun{
		{s.begin, cut, s.shards.width},
		{cut, s.end, s.shards.units - whole*s.shards.width},
	}
}

// columns are the units of the run in a buffer of the worker's units.
func (r shardRun) columns(s *stageFlow, b buffer, rows int) kernels.Panels {
	lo, _ := s.shards.bounds(r.begin)
	hi := lo + r.width
	return kernels.Panels{Mat: b.mat(rows).Slice(0, rows, lo-s.lo, hi-s.lo), Count: r.end - r.begin, Step: r.width}
}

// all are the units of all shards of the run in such a buffer.
func (r shardRun) all(s *stageFlow, b buffer, rows int) kernels.Mat {
	lo, _ := s.shards.bounds(r.begin)
	_, hi := s.shards.bounds(r.end - 1)
	return b.mat(rows).Slice(0, rows, lo-s.lo, hi-s.lo)
}

// forwardSparse computes the worker's units of the first layer, and what the way back
// needs of the batch.
func (f *flow) forwardSparse(k *kernels.Core) {
	s := &f.stages[0]
	w := f.weights[s.first]
	hidden := s.hidden.mat(f.rows)
	for i := range f.rows {
		copy(hidden.Row(i), w.bias[s.lo:s.hi])
	}
	for p := range f.sparse.x.Parts() {
		x, begin, end := f.sparse.x.Part(p)
		for _, run := range s.runs() {
			if run.begin < run.end {
				kernel := f.model.params[s.first].rowsOf(f.model.weights, run, begin, end)
				k.GemmSparse(x, kernel, run.columns(s, s.hidden.buffer, f.rows))
			}
		}
	}
	if f.trains {
		f.sparse.transpose(f.rank, f.workers)
	}
}

// rowsOf are rows of the shards of a run, in numbers that are laid out like the
// weights.
func (p layerParams) rowsOf(weights []float32, run shardRun, begin, end int) kernels.Panels {
	size := p.inputs * run.width
	at := p.blocks[run.begin].at + begin*run.width
	last := p.blocks[run.end-1].at + size
	return kernels.Panels{Mat: kernels.View(weights[at:last], end-begin, run.width), Count: run.end - run.begin, Step: size}
}

// updateSparse computes the gradient of the worker's columns of the first kernel
// and updates them.
func (f *backFlow) updateSparse(k *kernels.Core) {
	s := &f.stages[0]
	l := f.model.layers[s.first]
	if f.gradients != nil || l.L1 != 0 || l.L2 != 0 {
		f.sparseGradient(k)
		return
	}
	finite := true
	for p := f.sparse.x.Parts() - 1; p >= 0; p-- { // in the cache since the way forth, and so at the next
		for _, run := range s.runs() {
			if run.begin < run.end {
				finite = f.updatePart(k, run, p) && finite
			}
		}
	}
	f.checked = kernelCheck{f.model.edits + 1, finite}
}

// updatePart updates the rows of a part, and reports whether they are finite.
func (f *backFlow) updatePart(k *kernels.Core, run shardRun, p int) bool {
	s := &f.stages[0]
	_, begin, end := f.sparse.x.Part(p)
	rows := func(numbers []float32) kernels.Panels {
		if numbers == nil {
			return kernels.Panels{}
		}
		return f.model.params[s.first].rowsOf(numbers, run, begin, end)
	}
	return f.rule.updateSparse(k, rows(f.model.weights), rows(f.state.m).Data, rows(f.state.v).Data,
		&f.sparse.transposed[p], run.all(s, f.back[0].hidden, f.rows))
}

// sparseGradient computes the gradient for an update that needs to see it.
func (f *backFlow) sparseGradient(k *kernels.Core) {
	s := &f.stages[0]
	for c := s.begin; c < s.end; c++ {
		block, d := f.block(s.first, c), s.part(f.back[0].hidden, f.rows, c)
		for p := range f.sparse.x.Parts() {
			_, first, _ := f.sparse.x.Part(p)
			k.SparseGradient(&f.sparse.transposed[p], d, func(begin, end int, g []float32) {
				f.updateRows(k, s.first, block.slice(first+begin, first+end), g)
			})
		}
	}
}
