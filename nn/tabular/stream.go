package tabular

import (
	"fmt"
	"io"
	"iter"

	"github.com/mnist-fast/mnist-fast/nn"
)

// Stream returns the samples of a CSV file in pieces of that many rows, for
// nn.Trainer.FitStream; the last piece may be smaller. Inputs are scaled and
// classes known, as in [Schema.Read], but there must be a target. All pieces use
// the same memory: each is valid until the next one is asked for. The stream
// ends at its first error. It can be read once, as r can.
func (s *Schema) Stream(r io.Reader, rows int) iter.Seq2[nn.Dataset, error] {
	return func(yield func(nn.Dataset, error) bool) {
		if err := s.each(r, rows, func(d nn.Dataset) bool { return yield(d, nil) }); err != nil {
			yield(nn.Dataset{}, err)
		}
	}
}

// StreamFile is Stream from a file, which errors name. Each time that the stream
// is read, it opens the file and closes it.
func (s *Schema) StreamFile(path string, rows int) iter.Seq2[nn.Dataset, error] {
	return func(yield func(nn.Dataset, error) bool) {
		err := withFile(path, func(r io.Reader) error {
			return s.each(r, rows, func(d nn.Dataset) bool { return yield(d, nil) })
		})
		if err != nil {
			yield(nn.Dataset{}, err)
		}
	}
}

// each calls take with one piece after the other, until it returns false.
func (s *Schema) each(r io.Reader, rows int, take func(nn.Dataset) bool) error {
	if rows < 1 {
		return fmt.Errorf("tabular: pieces of %d rows: want at least 1", rows)
	}
	src, err := s.open(r)
	if err != nil {
		return err
	}
	if src.target < 0 {
		return src.noColumn(s.Target)
	}
	for piece := newSamples(src); ; piece.clear() {
		err := piece.read(src, rows)
		if err != nil && err != io.EOF {
			return err
		}
		if piece.x.n > 0 && !take(s.Scale(piece.dataset(src))) || err == io.EOF {
			return nil
		}
	}
}
