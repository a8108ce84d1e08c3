package nn_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// savedRun is a run with all that a checkpoint has to keep: 12 epochs of 4
// batches, the last of 3 samples, unless it is stopped early.
func savedRun(dir string) (nn.Dataset, nn.FitConfig) {
	return pictures(30, 6, 3), nn.FitConfig{
		Epochs: 12, Seed: 5, ValidationSplit: 0.2,
		Callbacks: []nn.Callback{
			nn.ReduceLROnPlateau{Monitor: nn.ValLoss, Factor: 0.5, Patience: 1, Cooldown: 1},
			nn.LambdaCallback{},
			nn.EarlyStopping{Monitor: nn.ValAccuracy, Patience: 4, RestoreBest: true},
		},
		Checkpoint: nn.Checkpoint{Dir: dir, EverySteps: 3, Keep: 2, Best: true},
	}
}

func savedTrainer(tb testing.TB, workers int) *nn.Trainer {
	m := newModel(tb, 6, nn.Dense{Units: 20, Activation: nn.Tanh}, nn.Dense{Units: 3, Activation: nn.Softmax})
	return newTrainer(tb, m, nn.Config{Optimizer: nn.Adam{LearningRate: 0.05, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}, BatchSize: 7, Workers: workers})
}

// withoutTimes is the history as it is on every machine.
func withoutTimes(h nn.History) nn.History {
	h = slices.Clone(h)
	for i := range h {
		h[i].Seconds = 0
	}
	return h
}

func requireSameRun(t *testing.T, trainer, want *nn.Trainer, history, wantHistory nn.History) {
	t.Helper()
	if !bytes.Equal(save(t, trainer), save(t, want)) {
		t.Error("the trainer is not that of the uninterrupted run")
	}
	if !reflect.DeepEqual(withoutTimes(history), withoutTimes(wantHistory)) {
		t.Errorf("history %+v, want %+v", history, wantHistory)
	}
}

func resume(t *testing.T, path string, c nn.Config) *nn.Trainer {
	t.Helper()
	trainer, err := nn.ResumeTrainer(path, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return trainer
}

func latest(tb testing.TB, dir string) string {
	tb.Helper()
	path, err := nn.LatestCheckpoint(dir)
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// checkpointFile is a checkpoint in the middle of an epoch, with all that one
// can have.
func checkpointFile(tb testing.TB) []byte {
	tb.Helper()
	dir := tb.TempDir()
	data, config := savedRun(dir)
	config.Checkpoint.Best = false
	ctx, cancel := context.WithCancel(context.Background())
	config.Callbacks = append(config.Callbacks, nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
		if p.Epoch == 3 && p.Batch == 2 {
			cancel()
		}
	}})
	if _, err := savedTrainer(tb, 1).Fit(ctx, data, config); !errors.Is(err, context.Canceled) {
		tb.Fatal(err)
	}
	file, err := os.ReadFile(latest(tb, dir))
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// From every checkpoint, one after each batch, the run ends in the same bits.
func TestResumeEndsInTheBitsOfAnUninterruptedRun(t *testing.T) {
	data, plain := savedRun("")
	plain.Checkpoint = nn.Checkpoint{}
	want := savedTrainer(t, 1)
	wantHistory := fit(t, want, data, plain)
	if len(wantHistory) == 12 || want.LearningRate() == 0.05 {
		t.Fatal("a run without early stopping, or without a plateau, is no test")
	}

	dir := t.TempDir()
	_, config := savedRun(dir)
	config.Checkpoint.EverySteps, config.Checkpoint.Keep = 1, 1000
	whole := savedTrainer(t, 2)
	requireSameRun(t, whole, want, fit(t, whole, data, config), wantHistory)

	config.Checkpoint = nn.Checkpoint{Dir: t.TempDir(), Best: true}
	for i, name := range names(t, dir) {
		trainer := resume(t, filepath.Join(dir, name), nn.Config{Workers: 1 + i%3})
		requireSameRun(t, trainer, want, fit(t, trainer, data, config), wantHistory)
	}
	if n := len(names(t, dir)); n != 1+4*len(wantHistory) { // one of the best
		t.Errorf("%d checkpoints of %d epochs of 4 batches", n, len(wantHistory))
	}
}

// A run that is cancelled, again and again, leaves a checkpoint each time.
func TestCancelledFitGoesOnFromItsLastStep(t *testing.T) {
	data, config := savedRun(t.TempDir())
	want := savedTrainer(t, 1)
	wantHistory := fit(t, want, data, config)

	dir := t.TempDir()
	config.Checkpoint = nn.Checkpoint{Dir: dir, EveryEpochs: 1000, Best: true}
	plain, trainer := config.Callbacks, savedTrainer(t, 2)
	for cancelled := 0; ; cancelled++ {
		ctx, cancel := context.WithCancel(context.Background())
		steps := 0
		config.Callbacks = append(slices.Clone(plain), nn.LambdaCallback{OnBatchEnd: func(nn.Progress) {
			if steps++; steps == 1+cancelled%3 {
				cancel()
			}
		}})
		history, err := trainer.Fit(ctx, data, config)
		if err == nil {
			requireSameRun(t, trainer, want, history, wantHistory)
			return
		}
		if !errors.Is(err, context.Canceled) || cancelled > 100 {
			t.Fatal(err)
		}
		trainer = resume(t, latest(t, dir), nn.Config{Workers: 2})
	}
}

// Fit may be called again when all is done: it does nothing but restore.
func TestResumedAfterTheEnd(t *testing.T) {
	dir := t.TempDir()
	data, config := savedRun(dir)
	trainer := savedTrainer(t, 2)
	history := fit(t, trainer, data, config)
	again := resume(t, latest(t, dir), nn.Config{})
	requireSameRun(t, again, trainer, fit(t, again, data, config), history)

	m, err := nn.LoadFile(filepath.Join(dir, "best.safetensors"))
	if err != nil || m.Inputs() != 6 {
		t.Errorf("the best epoch is no model: %v", err)
	}
	best := slices.MinFunc(history, func(a, b nn.Epoch) int {
		return cmp.Compare(a.Validation.Loss, b.Validation.Loss)
	})
	metrics, err := m.Evaluate(context.Background(), tail(data, 24), nn.Config{})
	if err != nil || metrics != *best.Validation {
		t.Errorf("the best epoch scores %v (%v), want %v", metrics, err, *best.Validation)
	}
}

// tail is the data from sample n on.
func tail(d nn.Dataset, n int) nn.Dataset {
	x, y := d.X.(nn.Bytes), d.Y.(nn.Labels)
	x.Data, y.Of = x.Data[n*x.Columns:], y.Of[n:]
	return nn.Dataset{X: x, Y: y}
}

// A run may be made longer.
func TestResumeForMoreEpochs(t *testing.T) {
	dir := t.TempDir()
	data, config := savedRun(dir)
	config.Callbacks, config.Epochs = nil, 3
	fit(t, savedTrainer(t, 1), data, config)
	config.Epochs = 5
	longer := resume(t, latest(t, dir), nn.Config{})
	history := fit(t, longer, data, config)
	want := savedTrainer(t, 1)
	config.Checkpoint.Dir = t.TempDir()
	requireSameRun(t, longer, want, history, fit(t, want, data, config))
}

// A logger is told of what goes on; Fit without one has nowhere to tell it.
func TestLogger(t *testing.T) {
	var log bytes.Buffer
	withoutTime := func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "seconds" || a.Value.Kind() == slog.KindFloat64 || a.Key == "file" {
			return slog.Attr{}
		}
		return a
	}
	data, config := savedRun(t.TempDir())
	config.Epochs, config.Checkpoint.EverySteps = 2, 0
	config.Callbacks = []nn.Callback{
		nn.EarlyStopping{Monitor: nn.TrainLoss, MinDelta: 100, Patience: 1, RestoreBest: true},
		nn.ReduceLROnPlateau{Monitor: nn.TrainLoss, MinDelta: 100, Factor: 0.5, Patience: 1},
	}
	config.Checkpoint.Best = false
	config.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	fit(t, savedTrainer(t, 1), data, config)
	want := `level=INFO msg=epoch epoch=1
level=INFO msg="saved checkpoint" step=4
level=INFO msg=epoch epoch=2
level=INFO msg="stopped early" epoch=2 monitor=loss
level=INFO msg="reduced learning rate" epoch=2
level=INFO msg="saved checkpoint" step=8
level=INFO msg="restored weights" epoch=1 monitor=loss
`
	if log.String() != want {
		t.Errorf("log\n%swant\n%s", log.String(), want)
	}
}
