package account

import (
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// The reference model on a batch of which 5000 numbers are not zero, in 500 columns.
var reference = Step{Sizes: []int{784, 256, 128, 10}, Batch: 32, NonZero: 5000, Live: 500, Sparse: true}

const (
	first, others, units = 784 * 256, 256*128 + 128*10, 256 + 128 + 10
	state                = 12 * (first + others + units)
)

func TestWork(t *testing.T) {
	w := reference.Work()
	for part, want := range map[Part]Work{
		Inputs:       {Rewritten: 32*784 + 3*8*5000, From: 32*784 + 2*8*5000},
		FirstForward: {Flops: 2 * 5000 * 256, Read: 4 * 500 * 256, From: state},
		FirstUpdate:  {Flops: 2 * 5000 * 256, Updated: first, Rewritten: 24 * first, From: state},
		Products:     {Flops: 6 * 32 * others, Read: 8 * others, From: state},
		Updates:      {Updated: others + units, Rewritten: 24 * (others + units), From: state},
		Activations:  {Rewritten: 16 * 32 * units, From: 8 * 32 * units},
		Waiting:      {}, Go: {}, Away: {},
	} {
		if w[part] != want {
			t.Errorf("%v: %+v, want %+v", part, w[part], want)
		}
	}
}

// A dense batch has the operations that BenchmarkStep counts.
func TestWorkOfDenseBatch(t *testing.T) {
	s := reference
	s.Sparse, s.NonZero, s.Live = false, 32*784, 784
	w := s.Work()
	flops, updated := 0.0, 0.0
	for _, part := range w {
		flops += part.Flops
		updated += part.Updated
	}
	if want := 32 * 2. * (2*first + 3*others); flops != want {
		t.Errorf("%v operations, want %v", flops, want)
	}
	if updated != first+others+units {
		t.Errorf("%v weights, want %v", updated, first+others+units)
	}
	if w[FirstUpdate] != (Work{}) || w[Inputs] != (Work{}) {
		t.Errorf("%+v %+v", w[FirstUpdate], w[Inputs])
	}
}

func TestFloor(t *testing.T) {
	asked := 0.0
	r := Rates{Flops: 100, Updates: 2, Read: func(from float64) float64 { asked = from; return 50 }, Rewrite: func(float64) float64 { return 20 }}
	f := Work{Flops: 1000, Updated: 50, Read: 500, Rewritten: 400, From: 7}.Floor(r)
	if want := (Floor{FMA: 10, Bytes: 30, Divider: 25}); f != want || f.Longest() != 30 || asked != 7 {
		t.Errorf("%+v, want %+v; asked for %v", f, want, asked)
	}
	if f := (Work{}).Floor(Rates{}); f.Longest() != 0 {
		t.Errorf("nothing to do takes %+v", f)
	}
}

func TestRatesAtAnotherClock(t *testing.T) {
	same := func(bytes float64) float64 { return bytes }
	r := Rates{Flops: 10, Updates: 20, Read: same, Rewrite: same}.At(0.5)
	if r.Flops != 5 || r.Updates != 10 || r.Read(30) != 15 || r.Rewrite(40) != 20 {
		t.Errorf("%+v, read %v, rewritten %v", r, r.Read(30), r.Rewrite(40))
	}
}

func TestMeasure(t *testing.T) {
	team := kernels.NewTeam(kernels.Best(), 2)
	defer team.Close()
	r := Measure(team, 1)
	for what, rate := range map[string]float64{"updates": r.Updates, "read": r.Read(100), "rewrite": r.Rewrite(1 << 16)} {
		if !(rate > 0) || math.IsInf(rate, 0) {
			t.Errorf("%s: %v", what, rate)
		}
	}
	if again := r.Read(1e4); again != r.Read(1e4) {
		t.Error("a size is measured twice")
	}
}
