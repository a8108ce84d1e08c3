package nn

import (
	"runtime"
	"testing"
)

// TestMemoryEstimate compares the estimate with what is allocated: it may be
// too high, for not all sizes need every kind of buffer, but not too low.
func TestMemoryEstimate(t *testing.T) {
	const inputs = 100
	for _, c := range []struct {
		hidden, batch, workers int
		dropout                float32
	}{
		{1000, 32, 1, 0}, {1000, 32, 3, 0}, {250, 500, 1, 0}, {250, 500, 2, 0}, {20, 4000, 2, 0}, {20, 4000, 0, 0},
		{250, 500, 1, 0.5}, {250, 500, 8, 0.5}, {20, 4000, 2, 0.5}, {20, 4000, 8, 0.5}, {500, 1000, 16, 0.5},
	} {
		layers := []Dense{{Units: c.hidden, Activation: ReLU, Dropout: c.dropout}, {Units: c.hidden, Activation: ReLU, Dropout: c.dropout}, {Units: 10, Activation: Softmax}}
		config := Config{BatchSize: c.batch, Workers: c.workers, InputDropout: c.dropout}
		d := Dataset{X: Bytes{Data: make([]uint8, c.batch*inputs), Columns: inputs, Divisor: 1}, Y: Labels{Of: make([]uint8, c.batch), Classes: 10}}
		before := heap()
		m, err := NewSequential(inputs, 1, layers...)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := NewTrainer(m, config)
		if err != nil {
			t.Fatal(err)
		}
		_, err = trainer.TrainOnBatch(d)
		_, err2 := trainer.Evaluate(t.Context(), d)
		if err := firstError(err, err2); err != nil {
			t.Fatal(err)
		}
		for n := trainer.step.tuner.least; n < trainer.step.tuner.most; n *= 2 {
			trainer.step.squadOf(n)
		}
		took := float64(heap() - before)
		trainer.Close()
		runtime.KeepAlive(m)
		if estimate := MemoryEstimate(inputs, config, layers...); estimate < 0.9*took || estimate > 4*took {
			t.Errorf("%+v: estimated %.3g bytes, took %.3g", c, estimate, took)
		}
	}
}

// heap is the memory in use.
func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
