package nn_test

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// manySamples are so many that goroutines help to predict them.
func manySamples(t *testing.T) (*nn.Sequential, nn.Bytes) {
	t.Helper()
	procs := runtime.GOMAXPROCS(4)
	t.Cleanup(func() { runtime.GOMAXPROCS(procs) })
	m := newModel(t, 100, nn.Dense{Units: 256, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
	return m, pictures(1001, 100, 10).X.(nn.Bytes)
}

func TestPredictionsWithHelpAreThoseOfOneAlone(t *testing.T) {
	m, x := manySamples(t)
	got := predict(t, m, x)
	want := kernels.NewMat(got.Rows, got.Cols)
	for i := range want.Rows { // one sample is not worth any help
		one := nn.Bytes{Data: x.Data[i*x.Columns : (i+1)*x.Columns], Columns: x.Columns, Divisor: x.Divisor}
		if err := m.Predict(context.Background(), kernels.View(want.Row(i), 1, want.Cols), one); err != nil {
			t.Fatal(err)
		}
	}
	requireSameBits(t, got.Data, want.Data)
}

func TestPredictWithHelpAllocatesNothing(t *testing.T) {
	m, bytes := manySamples(t)
	const rows = 320 // still with help, in few parts: each takes something from a pool
	bytes.Data = bytes.Data[:rows*bytes.Columns]
	var x nn.Table = bytes
	y := kernels.NewMat(x.Len(), m.Outputs())
	var before, after runtime.MemStats
	least := ^uint64(0)
	for range 300 { // the race detector's pools lose one thing in four
		if least == 0 {
			break
		}
		runtime.ReadMemStats(&before)
		if err := m.Predict(context.Background(), y, x); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	if least != 0 {
		t.Errorf("%d allocations, want 0", least)
	}
}

// An oddTable does something when it has been read that many times.
type oddTable struct {
	nn.Floats
	reads atomic.Int64
	at    int64
	do    func()
}

func (o *oddTable) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	if o.reads.Add(1) == o.at {
		o.do()
	}
	o.Floats.Gather(k, dst, rows)
}

func TestPredictEndsWithItsContext(t *testing.T) {
	m, x := manySamples(t)
	ctx, cancel := context.WithCancel(context.Background())
	odd := &oddTable{Floats: floats(x.Len(), x.Columns, 1), at: 3, do: cancel}
	if err := m.Predict(ctx, kernels.NewMat(x.Len(), m.Outputs()), odd); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if n := odd.reads.Load(); n > 8 {
		t.Errorf("it went on for %d pieces", n)
	}
}

// A panic of a table, on whatever goroutine, is one of Predict, and harms no later call.
func TestPredictPanicsWithItsTable(t *testing.T) {
	m, x := manySamples(t)
	want := predict(t, m, x)
	for at := range int64(8) {
		odd := &oddTable{Floats: floats(x.Len(), x.Columns, 1), at: at + 1, do: func() { panic("odd") }}
		func() {
			defer func() {
				if v := recover(); v != any("odd") {
					t.Errorf("panic %v, want that of the table", v)
				}
			}()
			_ = m.Predict(context.Background(), kernels.NewMat(x.Len(), m.Outputs()), odd)
		}()
		requireSameBits(t, predict(t, m, x).Data, want.Data)
	}
}
