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
// Fit's rules for callbacks, validation data and the context hold here. The
// order of samples belongs to the stream (see [Shuffle]): Seed and NoShuffle of c
// are not used, and there is no ValidationSplit. An error of the stream, a piece
// that does not fit the model, or an epoch without samples ends the training; the
// model keeps what it has learned.
func (t *Trainer) FitStream(ctx context.Context, pieces func(epoch int) iter.Seq2[Dataset, error], c FitConfig) (History, error) {
	if err := c.validate(t.model); err != nil {
		return nil, err
	}
	if c.ValidationSplit > 0 {
		return nil, errors.New("nn: a stream has no validation split")
	}
	b := t.newBatcher()
	train := func(epoch int) (Metrics, error) {
		p := pass{Progress: Progress{Epoch: epoch, Epochs: c.Epochs}, trainer: t, callbacks: c.Callbacks}
		if err := b.trainAll(ctx, &p, pieces(epoch)); err != nil {
			return Metrics{}, fmt.Errorf("epoch %d: %w", epoch, err)
		}
		return p.Metrics, nil
	}
	return c.run(train, func() *Metrics {
		if c.Validation == nil {
			return nil
		}
		return t.validation(*c.Validation, c, 0)
	})
}

// A batcher collects samples of pieces until they make a batch.
type batcher struct {
	model *Sequential
	core  *kernels.Core
	x, y  Floats
	data  Dataset // x and y
	rows  []int   // 0, 1, 2, …: those of data
	from  []int   // the rows of the piece at hand that are collected
	n     int     // rows that are there
}

func (t *Trainer) newBatcher() *batcher {
	size := t.config.BatchSize
	b := &batcher{model: t.model, core: kernels.NewCore(t.config.Tier), rows: t.rows, from: make([]int, size)}
	b.x = Floats{kernels.NewMat(size, t.model.Inputs())}
	b.y = Floats{kernels.NewMat(size, t.model.Outputs())}
	b.data = Dataset{b.x, b.y}
	return b
}

// trainAll trains on all pieces.
func (b *batcher) trainAll(ctx context.Context, p *pass, pieces iter.Seq2[Dataset, error]) error {
	b.n = 0
	piece := 0
	for d, err := range pieces {
		piece++
		if err == nil {
			err = d.validate(b.model)
		}
		if err != nil {
			return fmt.Errorf("piece %d: %w", piece, err)
		}
		if err := b.trainPiece(ctx, p, d); err != nil {
			return err
		}
	}
	if piece == 0 {
		return fmt.Errorf("%w: no samples", ErrData)
	}
	if b.n == 0 {
		return nil
	}
	return p.train(ctx, b.data, b.rows[:b.n])
}

// trainPiece trains on the batches that the piece completes and keeps the rest.
func (b *batcher) trainPiece(ctx context.Context, p *pass, d Dataset) error {
	for at := 0; at < d.X.Len(); {
		n := min(len(b.rows)-b.n, d.X.Len()-at)
		b.collect(d, at, n)
		at += n
		if b.n < len(b.rows) {
			return nil
		}
		if err := p.train(ctx, b.data, b.rows); err != nil {
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
	}
	d.X.Gather(b.core, b.x.Slice(b.n, b.n+n, 0, b.x.Cols), from)
	d.Y.Gather(b.core, b.y.Slice(b.n, b.n+n, 0, b.y.Cols), from)
	b.n += n
}
