package nn_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

func TestCloseEndsTheWorkers(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 5 {
		trainer := newTrainer(t, newModel(t, 3, regressor...), nn.Config{Loss: nn.MeanSquaredError, Workers: 8})
		fit(t, trainer, regression(40, 3, 2), nn.FitConfig{Epochs: 1})
		trainer.Close()
		trainer.Close() // once more does no harm
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// Models that are trained at the same time do not notice each other.
func TestTrainersAtOnceGiveTheBitsOfOneAlone(t *testing.T) {
	data, run := pictures(60, 23, 5), smallRuns[4]
	var group sync.WaitGroup
	for workers := 1; workers <= 4; workers++ {
		m := newModel(t, 23, run.layers...)
		trainer := newTrainer(t, m, nn.Config{BatchSize: 7, Workers: workers})
		group.Go(func() {
			if _, err := trainer.Fit(context.Background(), data, nn.FitConfig{Epochs: 2, Seed: 1}); err != nil {
				t.Error(err)
			}
			requireSHA256(t, m, run.sha256)
		})
	}
	group.Wait()
}

// Many goroutines may predict with one model.
func TestPredictionsAtOnceAreThoseOfOneAlone(t *testing.T) {
	m, x := newModel(t, 23, smallRuns[4].layers...), pictures(100, 23, 5).X
	want := predict(t, m, x)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				y := kernels.NewMat(want.Rows, want.Cols)
				if err := m.Predict(context.Background(), y, x); err != nil {
					t.Error(err)
				}
				requireSameBits(t, y.Data, want.Data)
			}
		})
	}
	group.Wait()
}

// Workers keep copies of weights that all of them need. They see what another
// trainer, or SetWeights, has made of them.
func TestWorkersSeeChangesOfTheModel(t *testing.T) {
	const copied = 2 // the softmax, see stages
	layers := smallRuns[4].layers
	data := pictures(7, 23, 5)
	setWeights := func(m *nn.Sequential, _ *nn.Trainer) error {
		return m.SetWeights(copied, m.Kernel(copied), numbers(layers[copied].Units, 6))
	}
	trainOther := func(_ *nn.Sequential, other *nn.Trainer) error {
		_, err := other.TrainOnBatch(data)
		return err
	}
	for name, change := range map[string]func(*nn.Sequential, *nn.Trainer) error{
		"SetWeights": setWeights, "another trainer": trainOther,
	} {
		train := func(workers int) string {
			m := newModel(t, 23, layers...)
			trainer := newTrainer(t, m, nn.Config{Workers: workers})
			other := newTrainer(t, m, nn.Config{Workers: workers, Optimizer: nn.NewRMSprop()})
			for range 3 {
				if _, err := trainer.TrainOnBatch(data); err != nil {
					t.Fatal(err)
				}
				if err := change(m, other); err != nil {
					t.Fatal(err)
				}
			}
			return m.SHA256()
		}
		if one, three := train(1), train(3); one != three {
			t.Errorf("%s: three workers go elsewhere than one", name)
		}
	}
}

// A worker's panic, out of a table's Gather, is the caller's.
func TestPanicOfATableReachesTheCaller(t *testing.T) {
	data := regression(8, 3, 2)
	data.X = recorder{data.X.(nn.Floats), nil} // will append to nothing
	trainer := newTrainer(t, newModel(t, 3, regressor...), nn.Config{Loss: nn.MeanSquaredError, Workers: 2})
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	trainer.TrainOnBatch(data)
}
