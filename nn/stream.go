package nn

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// FitStream trains as Fit does, on samples that need not be in memory together:
// for each epoch, counted from 1, pieces returns them piece by piece. Pieces may
// be of any sizes. Their samples are put into batches of the trainer's BatchSize
// in the order in which they come, across the ends of pieces, so that the bits
// are those of Fit without shuffling on the same samples; only the last batch of
// an epoch may be smaller. A piece is used only until the next one is asked for.
//
// All that is said of Fit holds here, but for the order of samples, which belongs
// to the stream (see [Shuffle]: Seed and NoShuffle of c change nothing), and
// there is no ValidationSplit. An error of the stream, a piece that does not fit
// the model, or an epoch without samples ends the training; the model keeps what
// it has learned.
//
// After ResumeTrainer, pieces is asked for the epoch of the checkpoint again, and
// as many samples as were trained on are skipped. They must be the same as
// before: Fit would know other data by their number and targets, FitStream cannot.
func (t *Trainer) FitStream(ctx context.Context, pieces func(epoch int) iter.Seq2[Dataset, error], c FitConfig) (History, error) {
	if err := c.validate(t.model); err != nil {
		return nil, err
	}
	if c.ValidationSplit > 0 {
		return nil, errors.New("nn: a stream has no validation split")
	}
	r := &run{t: t, data: Dataset{X: Floats{}, Y: Floats{}}, config: c}
	b := newBatcher(r)
	r.pass = func(ctx context.Context) error {
		if err := b.trainAll(ctx, pieces(r.epoch)); err != nil {
			return fmt.Errorf("epoch %d: %w", r.epoch, err)
		}
		return nil
	}
	return r.fit(ctx)
}

// A batcher collects samples of pieces until they make a batch.
type batcher struct {
	run  *run
	core *kernels.Core
	x, y Floats
	data Dataset // x, y and weights of the samples
	rows []int   // 0, 1, 2, …: those of data
	from []int   // the rows of the piece at hand that are collected
	n    int     // rows that are there
	skip int     // samples that a checkpoint has seen
}

func newBatcher(r *run) *batcher {
	m, size := r.t.model, r.t.config.BatchSize
	b := &batcher{run: r, core: kernels.NewCore(r.t.config.Tier), rows: make([]int, size), from: make([]int, size)}
	for i := range b.rows {
		b.rows[i] = i
	}
	b.x, b.y = Floats{kernels.NewMat(size, m.Inputs())}, Floats{kernels.NewMat(size, m.Outputs())}
	b.data = Dataset{X: b.x, Y: b.y, Weights: make([]float32, size)}
	return b
}

// trainAll trains on all pieces of an epoch.
func (b *batcher) trainAll(ctx context.Context, pieces iter.Seq2[Dataset, error]) error {
	b.n, b.skip = 0, b.run.total.samples
	piece := 0
	for d, err := range pieces {
		piece++
		if err == nil {
			err = d.validate(b.run.t.model)
		}
		if err != nil {
			return fmt.Errorf("piece %d: %w", piece, err)
		}
		if err := b.trainPiece(ctx, d); err != nil {
			return err
		}
	}
	switch {
	case piece == 0:
		return fmt.Errorf("%w: no samples", ErrData)
	case b.skip > 0:
		return fmt.Errorf("%w: the stream ends %d samples before the place that the checkpoint is of", ErrData, b.skip)
	case b.n == 0:
		return nil
	}
	return b.run.trainBatch(ctx, b.data, b.rows[:b.n], nil)
}

// trainPiece trains on the batches that the piece completes and keeps the rest.
func (b *batcher) trainPiece(ctx context.Context, d Dataset) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	at := min(b.skip, d.X.Len())
	b.skip -= at
	for at < d.X.Len() {
		n := min(len(b.rows)-b.n, d.X.Len()-at)
		b.collect(d, at, n)
		at += n
		if b.n < len(b.rows) {
			return nil
		}
		if err := b.run.trainBatch(ctx, b.data, b.rows, nil); err != nil {
			return err
		}
		b.n = 0
	}
	return nil
}

// collect takes n samples of d.
func (b *batcher) collect(d Dataset, at, n int) {
	from := b.from[:n]
	for i := range from {
		from[i] = at + i
		b.data.Weights[b.n+i] = d.weight(at + i)
	}
	d.X.Gather(b.core, b.x.Slice(b.n, b.n+n, 0, b.x.Cols), from)
	d.Y.Gather(b.core, b.y.Slice(b.n, b.n+n, 0, b.y.Cols), from)
	b.n += n
}
