package nn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A recorder is a table that remembers which rows it was asked for. It is for
// one worker.
type recorder struct {
	nn.Floats
	rows *[]int
}

func (r recorder) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	*r.rows = append(*r.rows, rows...)
	r.Floats.Gather(k, dst, rows)
}

var regressor = []nn.Dense{{Units: 4, Activation: nn.Tanh}, {Units: 2}}

var regressorConfig = nn.Config{Loss: nn.MeanSquaredError, BatchSize: 4, Workers: 1}

// ordersOf trains on n samples and returns the order in which each epoch took
// them.
func ordersOf(t *testing.T, n int, c nn.FitConfig) [][]int {
	t.Helper()
	data, rows := regression(n, 3, 2), []int{}
	data.X = recorder{data.X.(nn.Floats), &rows}
	fit(t, newTrainer(t, newModel(t, 3, regressor...), regressorConfig), data, c)
	return slices.Collect(slices.Chunk(rows, n))
}

// The last batch is ragged: 4+4+2.
func TestFitTakesEverySampleOnceAnEpoch(t *testing.T) {
	orders := ordersOf(t, 10, nn.FitConfig{Epochs: 5, Seed: 7})
	if len(orders) != 5 {
		t.Fatalf("%d epochs, want 5", len(orders))
	}
	for i, order := range orders {
		sorted := slices.Sorted(slices.Values(order))
		if !slices.Equal(sorted, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}) {
			t.Errorf("epoch %d took samples %v", i+1, order)
		}
		for j, other := range orders[:i] {
			if slices.Equal(order, other) {
				t.Errorf("epochs %d and %d have one order", j+1, i+1)
			}
		}
	}
}

func TestOrderDependsOnSeedAndEpochAlone(t *testing.T) {
	long := ordersOf(t, 10, nn.FitConfig{Epochs: 3, Seed: 7})
	again := ordersOf(t, 10, nn.FitConfig{Epochs: 2, Seed: 7})
	other := ordersOf(t, 10, nn.FitConfig{Epochs: 2, Seed: 8})
	for i := range again {
		if !slices.Equal(long[i], again[i]) {
			t.Errorf("epoch %d has another order if two are trained: %v, %v", i+1, long[i], again[i])
		}
		if slices.Equal(long[i], other[i]) {
			t.Errorf("epoch %d has one order for two seeds", i+1)
		}
	}
}

func TestNoShuffleTakesSamplesAsTheyCome(t *testing.T) {
	for _, order := range ordersOf(t, 6, nn.FitConfig{Epochs: 2, Seed: 7, NoShuffle: true}) {
		if !slices.Equal(order, []int{0, 1, 2, 3, 4, 5}) {
			t.Errorf("order %v", order)
		}
	}
}

// Fit is TrainOnBatch on one batch after the other.
func TestFitTrainsAsBatchesDo(t *testing.T) {
	data := regression(10, 3, 2)
	fitted, stepped := newModel(t, 3, regressor...), newModel(t, 3, regressor...)
	epoch := fit(t, newTrainer(t, fitted, regressorConfig), data, nn.FitConfig{Epochs: 1, NoShuffle: true})[0]

	trainer, loss := newTrainer(t, stepped, regressorConfig), 0.0
	for at := 0; at < 10; at += 4 {
		end := min(at+4, 10)
		batch := nn.Dataset{
			X: nn.Floats{Mat: data.X.(nn.Floats).Slice(at, end, 0, 3)},
			Y: nn.Floats{Mat: data.Y.(nn.Floats).Slice(at, end, 0, 2)},
		}
		m, err := trainer.TrainOnBatch(batch)
		if err != nil {
			t.Fatal(err)
		}
		loss += m.Loss * float64(m.Samples)
	}
	requireSHA256(t, fitted, stepped.SHA256())
	if math.Abs(epoch.Loss-loss/10) > 1e-12 || epoch.Samples != 10 {
		t.Errorf("epoch of %d samples has loss %v, want %v of 10", epoch.Samples, epoch.Loss, loss/10)
	}
}

// The rows to validate on have NaN: training on one would spread it.
func TestValidationSplitIsTheLastShareAndNotTrainedOn(t *testing.T) {
	for _, test := range []struct {
		split float64
		train int
	}{{0.2, 8}, {0.25, 7}, {0.5, 5}, {0.05, 9}, {0.6, 4}} { // floor(10·(1-split)), as in Keras
		t.Run(fmt.Sprint(test.split), func(t *testing.T) {
			data, m := regression(10, 3, 2), newModel(t, 3, regressor...)
			for i := test.train; i < 10; i++ {
				data.X.(nn.Floats).Set(i, 0, float32(math.NaN()))
			}
			for _, e := range fit(t, newTrainer(t, m, regressorConfig), data, nn.FitConfig{Epochs: 3, ValidationSplit: test.split}) {
				if e.Samples != test.train || math.IsNaN(e.Loss) {
					t.Errorf("trained on %d samples with loss %v, want %d and a number", e.Samples, e.Loss, test.train)
				}
				if e.Validation.Samples != 10-test.train || !math.IsNaN(e.Validation.Loss) {
					t.Errorf("validated on %d samples with loss %v, want %d and NaN", e.Validation.Samples, e.Validation.Loss, 10-test.train)
				}
			}
		})
	}
}

func TestValidationIsEvaluateAfterTheEpoch(t *testing.T) {
	data, other := regression(10, 3, 2), regression(7, 3, 2)
	trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
	var want []nn.Metrics
	history := fit(t, trainer, data, nn.FitConfig{
		Epochs: 2, Validation: &other,
		Callbacks: []nn.Callback{nn.LambdaCallback{OnEpochEnd: func(nn.Epoch) error {
			want = append(want, evaluate(t, trainer, other))
			return nil
		}}},
	})
	for i, e := range history {
		if *e.Validation != want[i] {
			t.Errorf("epoch %d: validation %v, want %v", i+1, *e.Validation, want[i])
		}
	}
	for _, e := range fit(t, trainer, data, nn.FitConfig{Epochs: 1}) {
		if e.Validation != nil {
			t.Errorf("validated without data")
		}
	}
}

func TestCallbacksAreToldHowTrainingGoes(t *testing.T) {
	var calls []string
	var running []nn.Progress
	history := fit(t, newTrainer(t, newModel(t, 3, regressor...), regressorConfig), regression(10, 3, 2), nn.FitConfig{
		Epochs: 2,
		Callbacks: []nn.Callback{
			nn.LambdaCallback{}, // both functions may be nil
			nn.LambdaCallback{
				OnBatchEnd: func(p nn.Progress) {
					calls = append(calls, fmt.Sprintf("%d/%d:%d/%d:%d", p.Epoch, p.Epochs, p.Batch, p.Batches, p.Samples))
					running = append(running, p)
				},
				OnEpochEnd: func(e nn.Epoch) error {
					calls = append(calls, fmt.Sprint("epoch ", e.Epoch))
					if last := running[len(running)-1]; last.Metrics != e.Metrics {
						t.Errorf("epoch has %v, but its last batch %v", e.Metrics, last.Metrics)
					}
					return nil
				},
			},
			nn.LambdaCallback{OnEpochEnd: func(e nn.Epoch) error {
				calls = append(calls, fmt.Sprint("second ", e.Epoch))
				return nil
			}},
		},
	})
	want := []string{
		"1/2:1/3:4", "1/2:2/3:8", "1/2:3/3:10", "epoch 1", "second 1",
		"2/2:1/3:4", "2/2:2/3:8", "2/2:3/3:10", "epoch 2", "second 2",
	}
	if !slices.Equal(calls, want) {
		t.Errorf("calls %q, want %q", calls, want)
	}
	if len(history) != 2 || history[0].Epoch != 1 || history[1].Epoch != 2 || history[0].Seconds <= 0 {
		t.Errorf("history %+v", history)
	}
}

func TestCallbackEndsFit(t *testing.T) {
	broken := errors.New("broken")
	for _, test := range []struct {
		from, want error
		told       int // epochs that the next callback is told of
	}{
		{nn.ErrStop, nil, 2},
		{fmt.Errorf("good enough: %w", nn.ErrStop), nil, 2},
		{broken, broken, 1},
	} {
		var told int
		trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
		history, err := trainer.Fit(context.Background(), regression(10, 3, 2), nn.FitConfig{
			Epochs: 5,
			Callbacks: []nn.Callback{
				nn.LambdaCallback{OnEpochEnd: func(e nn.Epoch) error {
					if e.Epoch == 2 {
						return test.from
					}
					return nil
				}},
				nn.LambdaCallback{OnEpochEnd: func(nn.Epoch) error { told++; return nil }},
			},
		})
		if err != test.want || len(history) != 2 || told != test.told {
			t.Errorf("%v: Fit returned %d epochs and %v, want 2 and %v; the next callback was told of %d epochs, want %d",
				test.from, len(history), err, test.want, told, test.told)
		}
	}
}

func TestCancelledFitEndsAfterTheBatchAndKeepsItsWeights(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := newModel(t, 3, regressor...)
	var batches int
	var kept string
	history, err := newTrainer(t, m, regressorConfig).Fit(ctx, regression(10, 3, 2), nn.FitConfig{
		Epochs: 5,
		Callbacks: []nn.Callback{nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
			batches++
			if p.Epoch == 2 && p.Batch == 2 {
				cancel()
				kept = m.SHA256()
			}
		}}},
	})
	if !errors.Is(err, context.Canceled) || len(history) != 1 || batches != 3+2 {
		t.Errorf("Fit returned %d epochs and %v after %d batches; want 1, %v and 5", len(history), err, batches, context.Canceled)
	}
	requireSHA256(t, m, kept)
}

// Nor does the last batch of all hide it.
func TestFitCancelledInAnyBatchReturnsTheError(t *testing.T) {
	for last := 1; last <= 6; last++ {
		ctx, cancel := context.WithCancel(context.Background())
		batches := 0
		history, err := newTrainer(t, newModel(t, 3, regressor...), regressorConfig).Fit(ctx, regression(10, 3, 2), nn.FitConfig{
			Epochs: 2,
			Callbacks: []nn.Callback{nn.LambdaCallback{OnBatchEnd: func(nn.Progress) {
				if batches++; batches == last {
					cancel()
				}
			}}},
		})
		if want := (last - 1) / 3; !errors.Is(err, context.Canceled) || len(history) != want || batches != last {
			t.Errorf("cancelled in batch %d: %d epochs, %d batches and %v; want %d epochs", last, len(history), batches, err, want)
		}
	}
}

func TestFitOfNoEpochsChangesNothing(t *testing.T) {
	m := newModel(t, 3, regressor...)
	before := m.SHA256()
	if h := fit(t, newTrainer(t, m, regressorConfig), regression(10, 3, 2), nn.FitConfig{}); len(h) != 0 {
		t.Errorf("history %v", h)
	}
	requireSHA256(t, m, before)
}

// Two calls of Fit are not the same as one: the second starts from epoch 1
// again. But the optimizer goes on.
func TestMomentsAreKeptFromFitToFit(t *testing.T) {
	data, c := regression(8, 3, 2), nn.FitConfig{Epochs: 1, NoShuffle: true}
	twice, once := newModel(t, 3, regressor...), newModel(t, 3, regressor...)
	trainer := newTrainer(t, twice, regressorConfig)
	history := append(fit(t, trainer, data, c), fit(t, trainer, data, c)...)
	c.Epochs = 2
	want := fit(t, newTrainer(t, once, regressorConfig), data, c)
	requireSHA256(t, twice, once.SHA256())
	for i := range want {
		if !reflect.DeepEqual(history[i].Metrics, want[i].Metrics) {
			t.Errorf("epoch %d: %v, want %v", i+1, history[i].Metrics, want[i].Metrics)
		}
	}
}

// An interrupted training, saved and gone on with, ends in the same bits as one
// that was not: the order of samples belongs to the epoch, not to the call.
func TestFitGoesOnFromInitialEpoch(t *testing.T) {
	data := pictures(40, 6, 3)
	start := func() *nn.Trainer {
		m := newModel(t, 6, nn.Dense{Units: 9, Activation: nn.Tanh}, nn.Dense{Units: 3, Activation: nn.Softmax})
		return newTrainer(t, m, nn.Config{BatchSize: 7, Workers: 2})
	}
	whole, half := start(), start()
	fit(t, whole, data, nn.FitConfig{Epochs: 6, Seed: 5})
	fit(t, half, data, nn.FitConfig{Epochs: 2, Seed: 5})
	rest := loadTrainer(t, save(t, half), nn.Config{Workers: 1})
	history := fit(t, rest, data, nn.FitConfig{InitialEpoch: 2, Epochs: 6, Seed: 5})
	if len(history) != 4 || history[0].Epoch != 3 {
		t.Errorf("history %+v, want epochs 3 to 6", history)
	}
	if !bytes.Equal(save(t, rest), save(t, whole)) {
		t.Error("the model is not that of an uninterrupted training")
	}
}
