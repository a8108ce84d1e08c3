package nn

import (
	"context"
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// predictRows is the number of samples that are predicted together, at most.
const predictRows = 64

// A predictor has what one goroutine needs to predict.
type predictor struct {
	*flow
	core    *kernels.Core
	samples []int
}

// Predict sets row i of dst to the model's output for row i of x. It may be
// called by many goroutines at once, and as a rule allocates nothing once each has called
// it. Where there is much to do, other goroutines help, up to GOMAXPROCS in all, and
// look out for the next call for half a millisecond. It fails if the data do not fit
// the model, or dst has not x.Len() rows of Outputs() numbers, row after row without
// gaps; or with the context's error, when ctx is done before the last rows are predicted.
func (m *Sequential) Predict(ctx context.Context, dst kernels.Mat, x Table) error {
	if x == nil {
		return fmt.Errorf("%w: no samples", ErrData)
	}
	if err := x.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrData, err)
	}
	if x.Width() != m.Inputs() {
		return fmt.Errorf("%w: samples of %d numbers for a model of %d inputs", ErrData, x.Width(), m.Inputs())
	}
	if dst.Rows != x.Len() || dst.Cols != m.Outputs() || dst.RowStride != dst.Cols || dst.ColStride != 1 ||
		len(dst.Data) < dst.Rows*dst.Cols {
		return fmt.Errorf("%w: predictions need a matrix of %d × %d without gaps", ErrData, x.Len(), m.Outputs())
	}
	t, err := m.prediction()
	if err != nil {
		return err
	}
	defer m.predictions.Put(t)
	return t.run(ctx, dst, x)
}

// predict predicts rows begin to end-1, at most predictRows.
func (p *predictor) predict(dst kernels.Mat, x Table, begin, end int) {
	defer func() { p.in = kernels.Mat{} }() // the caller's memory is not ours to keep
	samples := p.samples[:end-begin]
	for i := range samples {
		samples[i] = begin + i
	}
	p.gatherAlone(p.core, Dataset{X: x}, samples)
	p.forward(p.core, false)
	copy(dst.Data[begin*dst.Cols:], p.output().Data)
}

// predictor returns one that no other goroutine uses.
func (m *Sequential) predictor(tier kernels.Tier) *predictor {
	if p, ok := m.predictors.Get().(*predictor); ok {
		return p
	}
	return &predictor{newSoloFlow(m, predictRows), kernels.NewCore(tier), make([]int, predictRows)}
}
