package nn

import (
	"math"
	"reflect"
	"testing"
)

// Whatever the numbers are, each bit of them is kept.
func TestHistoryTensor(t *testing.T) {
	h := History{
		{Epoch: 4, Metrics: Metrics{Loss: 1. / 3, Accuracy: 0.1, Samples: 60000}, Seconds: 1e-9},
		{Epoch: 5, Metrics: Metrics{Loss: math.Inf(1), Samples: 1}, Validation: &Metrics{Loss: -5e-324, Accuracy: 1, Samples: math.MaxInt >> 24}},
	}
	got, err := decodeHistory(h.tensor(), 3)
	if err != nil || !reflect.DeepEqual(got, h) {
		t.Errorf("%+v (%v), want %+v", got, err, h)
	}
	signalling := math.Float64frombits(0x7ff4dead_7fa0beef) // whose halves are NaNs as well
	h = History{{Epoch: 1, Metrics: Metrics{Loss: signalling}}}
	if got, err := decodeHistory(h.tensor(), 0); err != nil || math.Float64bits(got[0].Loss) != math.Float64bits(signalling) {
		t.Errorf("%+v (%v)", got, err)
	}
}

func TestDecodeHistoryRefuses(t *testing.T) {
	for _, x := range []float64{-1, 0.5, math.NaN(), math.Inf(1), 1e300} {
		for _, at := range []int{2, 6} {
			h := History{{Epoch: 1}}.tensor()
			bits := math.Float64bits(x)
			h.data[2*at], h.data[2*at+1] = math.Float32frombits(uint32(bits>>32)), math.Float32frombits(uint32(bits))
			if _, err := decodeHistory(h, 0); err == nil {
				t.Errorf("%v samples: no error", x)
			}
		}
	}
	if _, err := decodeHistory(tensor{shape: []int{2}}, 0); err == nil {
		t.Error("no rows: no error")
	}
}

func TestNumberIsKeptInText(t *testing.T) {
	for _, x := range []float64{0, 1. / 3, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, 5e-324} {
		text, err := number(x).MarshalText()
		var got number
		if err2 := got.UnmarshalText(text); err != nil || err2 != nil || math.Float64bits(float64(got)) != math.Float64bits(x) {
			t.Errorf("%v became %v by %s (%v, %v)", x, got, text, err, err2)
		}
	}
}
