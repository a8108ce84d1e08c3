package nn_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// marked is a table of bytes that is another one in every epoch: drawn, each has
// the epoch added. It counts what is drawn.
type marked struct {
	nn.Bytes
	epoch int
	log   *drawLog
}

type drawLog struct {
	sync.Mutex
	drawn map[[2]int]int // how often, by epoch and sample
}

func mark(b nn.Bytes) marked { return marked{b, 0, &drawLog{drawn: map[[2]int]int{}}} }

func (m marked) Epoch(n int) nn.Table { return markedIn{marked{m.Bytes, n, m.log}} }

// plain is the table of an epoch as bytes.
func (m marked) plain(epoch int) nn.Bytes {
	b := m.Bytes
	b.Data = make([]uint8, len(b.Data))
	for i := range b.Data {
		b.Data[i] = m.Data[i] + uint8(epoch)
	}
	return b
}

type markedIn struct{ marked }

func (m markedIn) Divisor() float32 { return m.Bytes.Divisor }

func (m markedIn) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	m.plain(m.epoch).Gather(k, dst, rows)
}

func (m markedIn) Draw(_ *kernels.Core, dst []uint8, rows []int) {
	m.log.Lock()
	defer m.log.Unlock()
	for i, r := range rows {
		for j, b := range m.Data[r*m.Columns : (r+1)*m.Columns] {
			dst[i*m.Columns+j] = b + uint8(m.epoch)
		}
		m.log.drawn[[2]int{m.epoch, r}]++
	}
}

// requireDrawn fails unless the samples before n were each drawn once in an epoch,
// and no others.
func (l *drawLog) requireDrawn(t *testing.T, epoch, n, total int) {
	t.Helper()
	for i := range total {
		want := 0
		if i < n {
			want = 1
		}
		if got := l.drawn[[2]int{epoch, i}]; got != want {
			t.Errorf("epoch %d: sample %d was drawn %d times, want %d", epoch, i, got, want)
		}
	}
}

var aheadLayers = []nn.Dense{{Units: 20, Activation: nn.ReLU}, {Units: 5, Activation: nn.Softmax}}

// Training on drawn samples gives the weights of training on the same samples as
// bytes, and draws each of them once.
func TestFitDrawsAhead(t *testing.T) {
	const samples, trained = 60, 45
	d := pictures(samples, 23, 5)
	for _, size := range []int{1, 7, 45} {
		want := newModel(t, 23, aheadLayers...)
		trainer := newTrainer(t, want, nn.Config{BatchSize: size, Workers: 1})
		var validation []nn.Metrics
		for epoch := 1; epoch <= 3; epoch++ {
			x := mark(d.X.(nn.Bytes)).plain(epoch)
			x.Data = x.Data[:trained*x.Columns]
			y := d.Y.(nn.Labels)
			y.Of = y.Of[:trained]
			fit(t, trainer, nn.Dataset{X: x, Y: y}, nn.FitConfig{InitialEpoch: epoch - 1, Epochs: epoch, Seed: 1})
			rest := nn.Bytes{Data: d.X.(nn.Bytes).Data[trained*23:], Columns: 23, Divisor: 255}
			validation = append(validation, evaluate(t, trainer, nn.Dataset{X: rest, Y: nn.Labels{Of: d.Y.(nn.Labels).Of[trained:], Classes: 5}}))
		}
		everyWay(t, "fit", func(t *testing.T, tier kernels.Tier, workers int) {
			x := mark(d.X.(nn.Bytes))
			m := newModel(t, 23, aheadLayers...)
			trainer := newTrainer(t, m, nn.Config{BatchSize: size, Tier: tier, Workers: workers})
			history := fit(t, trainer, nn.Dataset{X: x, Y: d.Y}, nn.FitConfig{Epochs: 3, Seed: 1, ValidationSplit: 0.25})
			requireSHA256(t, m, want.SHA256())
			for i, e := range history {
				x.log.requireDrawn(t, i+1, trained, samples)
				if *e.Validation != validation[i] {
					t.Errorf("epoch %d: validation %v, want that of the table as it is, %v", i+1, *e.Validation, validation[i])
				}
			}
		})
	}
}

// What was drawn for a step that did not come is not taken for another.
func TestStoppedFitForgetsWhatItDrew(t *testing.T) {
	d := pictures(60, 23, 5)
	x := mark(d.X.(nn.Bytes))
	run := func(m *nn.Sequential, x1, x2 nn.Table) {
		trainer := newTrainer(t, m, nn.Config{BatchSize: 10, Workers: 2})
		ctx, cancel := context.WithCancel(context.Background())
		_, err := trainer.Fit(ctx, nn.Dataset{X: x1, Y: d.Y}, nn.FitConfig{
			Epochs: 1, Seed: 1,
			Callbacks: []nn.Callback{nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
				if p.Batch == 2 {
					cancel()
				}
			}}},
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		fit(t, trainer, nn.Dataset{X: x2, Y: d.Y}, nn.FitConfig{InitialEpoch: 1, Epochs: 2, Seed: 1})
	}
	want, got := newModel(t, 23, aheadLayers...), newModel(t, 23, aheadLayers...)
	run(want, x.plain(1), x.plain(2))
	run(got, x, x)
	requireSHA256(t, got, want.SHA256())
}

// fixed is a drawn table that allocates nothing.
type fixed struct{ nn.Bytes }

func (f fixed) Divisor() float32 { return f.Bytes.Divisor }

func (f fixed) Draw(_ *kernels.Core, dst []uint8, rows []int) {
	for i, r := range rows {
		copy(dst[i*f.Columns:], f.Data[r*f.Columns:(r+1)*f.Columns])
	}
}

func TestDrawnStepAllocatesNothing(t *testing.T) {
	d := pictures(33, 30, 5)
	d.X = fixed{d.X.(nn.Bytes)}
	for _, workers := range []int{1, 2} {
		trainer := newTrainer(t, newModel(t, 30, allocLayers...), nn.Config{BatchSize: 33, Workers: workers})
		requireNoAllocs(t, func() error {
			_, err := trainer.TrainOnBatch(d)
			return err
		})
	}
}

// A batch that is smaller than the last, or divided by another number, is read so.
func TestTrainOnBatchesOfDrawnTables(t *testing.T) {
	few, divided := pictures(10, 30, 5), pictures(33, 30, 5)
	b := divided.X.(nn.Bytes)
	b.Divisor = 100
	divided.X = b
	run := func(wrap func(nn.Table) nn.Table) string {
		m := newModel(t, 30, aheadLayers...)
		trainer := newTrainer(t, m, nn.Config{BatchSize: 33, Workers: 2})
		for _, d := range []nn.Dataset{pictures(33, 30, 5), few, divided} {
			d.X = wrap(d.X)
			if _, err := trainer.TrainOnBatch(d); err != nil {
				t.Fatal(err)
			}
		}
		return m.SHA256()
	}
	want := run(func(x nn.Table) nn.Table { return x })
	if got := run(func(x nn.Table) nn.Table { return fixed{x.(nn.Bytes)} }); got != want {
		t.Errorf("weights %s, want those of the bytes, %s", got, want)
	}
}
