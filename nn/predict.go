package nn

import (
	"fmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// predictRows is the number of samples that are predicted together.
const predictRows = 64

// A predictor has what one goroutine needs to predict.
type predictor struct {
	*flow
	core    *kernels.Core
	samples []int
}

// Predict sets row i of dst to the model's output for row i of x. It may be
// called by many goroutines at once, and allocates nothing once each has called
// it. It fails if the data do not fit the model, or dst has not x.Len() rows of
// Outputs() numbers, row after row without gaps.
func (m *Sequential) Predict(dst kernels.Mat, x Table) error {
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
	p, err := m.predictor()
	if err != nil {
		return err
	}
	defer m.predictors.Put(p)
	for at := 0; at < dst.Rows; at += predictRows {
		p.predict(Dataset{X: x}, at)
		copy(dst.Data[at*dst.Cols:], p.output().Data)
	}
	return nil
}

// predict predicts the samples from the given one on, as many as go together.
func (p *predictor) predict(d Dataset, at int) {
	samples := p.samples[:min(predictRows, d.X.Len()-at)]
	for i := range samples {
		samples[i] = at + i
	}
	p.gather(p.core, d, samples)
	p.forward(p.core, false)
}

// predictor returns one that no other goroutine uses.
func (m *Sequential) predictor() (*predictor, error) {
	if p, ok := m.predictors.Get().(*predictor); ok {
		return p, nil
	}
	tier, err := kernels.Choose("")
	if err != nil {
		return nil, err
	}
	return &predictor{newSoloFlow(m, predictRows), kernels.NewCore(tier), make([]int, predictRows)}, nil
}
