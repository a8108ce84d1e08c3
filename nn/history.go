package nn

import (
	"fmt"
	"math"
)

// epochNumbers is how many numbers a checkpoint has of an epoch: loss, accuracy,
// samples, seconds, and the first three of the validation.
const epochNumbers = 7

// tensor is the history as a checkpoint has it: a row for each epoch. A float64
// is two elements, which hold its halves.
func (h History) tensor() tensor {
	t := tensor{name: historyName, shape: []int{len(h), 2 * epochNumbers}}
	for _, e := range h {
		var v Metrics
		if e.Validation != nil {
			v = *e.Validation
		}
		for _, x := range [epochNumbers]float64{
			e.Loss, e.Accuracy, float64(e.Samples), e.Seconds, v.Loss, v.Accuracy, float64(v.Samples),
		} {
			bits := math.Float64bits(x)
			t.data = append(t.data, math.Float32frombits(uint32(bits>>32)), math.Float32frombits(uint32(bits)))
		}
	}
	return t
}

// decodeHistory is the inverse of History.tensor.
func decodeHistory(t tensor, initialEpoch int) (History, error) {
	if len(t.shape) != 2 || t.shape[1] != 2*epochNumbers {
		return nil, fmt.Errorf("tensor %q of shape %v: want rows of %d", t.name, t.shape, 2*epochNumbers)
	}
	var h History
	for row := range t.shape[0] {
		var xs [epochNumbers]float64
		for i := range xs {
			halves := t.data[2*(row*epochNumbers+i):]
			xs[i] = math.Float64frombits(uint64(math.Float32bits(halves[0]))<<32 | uint64(math.Float32bits(halves[1])))
		}
		metrics, err := decodeMetrics(xs[:3])
		validation, err2 := decodeMetrics(xs[4:])
		if err := firstError(err, err2); err != nil {
			return nil, fmt.Errorf("tensor %q: row %d: %w", t.name, row, err)
		}
		e := Epoch{Epoch: initialEpoch + row + 1, Metrics: metrics, Seconds: xs[3]}
		if validation.Samples > 0 {
			e.Validation = &validation
		}
		h = append(h, e)
	}
	return h, nil
}

// decodeMetrics takes loss, accuracy and samples.
func decodeMetrics(xs []float64) (Metrics, error) {
	if n := xs[2]; !(n >= 0 && n <= maxWeights && n == math.Trunc(n)) {
		return Metrics{}, fmt.Errorf("%v samples", n)
	}
	return Metrics{Loss: xs[0], Accuracy: xs[1], Samples: int(xs[2])}, nil
}
