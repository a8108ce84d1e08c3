package nn

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

var quiet = slog.New(slog.DiscardHandler)

// lineTrainer trains one weight and a bias.
func lineTrainer(t *testing.T, o Optimizer) (*Trainer, Dataset) {
	t.Helper()
	m, err := NewSequential(1, 1, Dense{Units: 1})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, Config{Loss: MeanSquaredError, Optimizer: o, BatchSize: 2, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return trainer, Dataset{
		X: Floats{kernels.View([]float32{-1, 0, 1, 2}, 4, 1)},
		Y: Floats{kernels.View([]float32{-1, 1, 3, 5}, 4, 1)},
	}
}

// epochOf has x in all that can be monitored.
func epochOf(epoch int, x float64) Epoch {
	m := Metrics{Loss: x, Accuracy: x}
	return Epoch{Epoch: epoch, Metrics: m, Validation: &m}
}

// As Keras's EarlyStopping, worked out by hand from its definition.
func TestEarlyStopping(t *testing.T) {
	nan, never := math.NaN(), 0
	for _, test := range []struct {
		name     string
		callback EarlyStopping
		xs       []float64
		stop     int // the epoch that is the last
		best     int // the one whose weights are kept
	}{
		{"no patience", EarlyStopping{}, []float64{3, 2, 2}, 3, 2},
		{"no patience, but for the first epoch", EarlyStopping{}, []float64{nan, nan}, 2, 1},
		{"two in a row", EarlyStopping{Patience: 2}, []float64{3, 4, 2, 3, 2}, 5, 3},
		{"not in a row", EarlyStopping{Patience: 2}, []float64{5, 6, 4, 5, 3, 4}, never, 5},
		{"less than the delta is no better", EarlyStopping{Patience: 2, MinDelta: 0.5}, []float64{3, 2.75, 2.5}, 3, 1},
		{"slowly, from the best", EarlyStopping{Patience: 2, MinDelta: 0.5}, []float64{3, 2.75, 2.25, 2}, never, 3},
		{"NaN is never better", EarlyStopping{Patience: 2}, []float64{1, nan, nan}, 3, 1},
		{"NaN at first", EarlyStopping{Patience: 3}, []float64{nan, 2, 3, 1}, never, 4},
		{"more accuracy", EarlyStopping{Monitor: ValAccuracy, Patience: 2}, []float64{0.5, 0.75, 0.75, 0.5}, 4, 2},
		{"accuracy with a delta", EarlyStopping{Monitor: TrainAccuracy, Patience: 1, MinDelta: 0.25}, []float64{0.25, 0.75, 1}, 3, 2},
		{"loss of training", EarlyStopping{Monitor: TrainLoss, Patience: 1}, []float64{2, 1, 1}, 3, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.callback.RestoreBest = true
			trainer, _ := lineTrainer(t, nil)
			h := test.callback.start(trainer, quiet)
			stop := never
			for i, x := range test.xs {
				trainer.model.weights[0] = float32(i + 1)
				if err := h.epochEnd(epochOf(i+1, x)); err != nil {
					if !errors.Is(err, ErrStop) {
						t.Fatal(err)
					}
					stop = i + 1
					break
				}
			}
			h.end()
			if best := int(trainer.model.weights[0]); stop != test.stop || best != test.best {
				t.Errorf("stopped after epoch %d with the weights of epoch %d, want %d and %d", stop, best, test.stop, test.best)
			}
		})
	}
}

// As Keras's ReduceLROnPlateau, worked out by hand from its definition.
func TestReduceLROnPlateau(t *testing.T) {
	nan := math.NaN()
	half := ReduceLROnPlateau{Factor: 0.5, Patience: 2}
	with := func(change func(*ReduceLROnPlateau)) ReduceLROnPlateau {
		c := half
		change(&c)
		return c
	}
	for _, test := range []struct {
		name     string
		callback ReduceLROnPlateau
		xs       []float64
		rates    []float64 // after each epoch, from 1
	}{
		{"two in a row", half, []float64{3, 3, 3, 3, 3, 2, 2}, []float64{1, 1, 0.5, 0.5, 0.25, 0.25, 0.25}},
		{"NaN is never better", half, []float64{1, nan, nan}, []float64{1, 1, 0.5}},
		{"no patience", with(func(c *ReduceLROnPlateau) { c.Patience = 0 }), []float64{3, 3, 3, 2}, []float64{1, 0.5, 0.25, 0.25}},
		{"delta", with(func(c *ReduceLROnPlateau) { c.MinDelta = 0.5 }), []float64{3, 2.75, 2.5, 1}, []float64{1, 1, 0.5, 0.5}},
		{"cooldown", with(func(c *ReduceLROnPlateau) { c.Patience, c.Cooldown = 1, 2 }),
			[]float64{3, 3, 3, 3, 3, 3}, []float64{1, 0.5, 0.5, 0.25, 0.25, 0.125}},
		{"minimum", with(func(c *ReduceLROnPlateau) { c.Patience, c.MinLR = 1, 0.375 }), []float64{3, 3, 3, 3}, []float64{1, 0.5, 0.375, 0.375}},
		{"accuracy", with(func(c *ReduceLROnPlateau) { c.Monitor = ValAccuracy }), []float64{0.5, 0.6, 0.6, 0.5}, []float64{1, 1, 1, 0.5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			trainer, _ := lineTrainer(t, SGD{LearningRate: 1})
			h := test.callback.start(trainer, quiet)
			var rates []float64
			for i, x := range test.xs {
				if err := h.epochEnd(epochOf(i+1, x)); err != nil {
					t.Fatal(err)
				}
				rates = append(rates, trainer.LearningRate())
			}
			if !slices.Equal(rates, test.rates) {
				t.Errorf("rates %v, want %v", rates, test.rates)
			}
		})
	}
}

func TestFitRefusesCallbacksAndCheckpointsThatCannotWork(t *testing.T) {
	plateau := NewReduceLROnPlateau()
	for _, test := range []struct {
		name   string
		config FitConfig
		want   string // in the error
	}{
		{"no validation data", FitConfig{Callbacks: []Callback{EarlyStopping{}}}, "callback 1: monitor val_loss needs validation data"},
		{"the second", FitConfig{Callbacks: []Callback{LambdaCallback{}, EarlyStopping{Monitor: ValAccuracy}}}, "callback 2: monitor val_accuracy needs"},
		{"plateau without validation data", FitConfig{Callbacks: []Callback{plateau}}, "val_loss needs"},
		{"unknown monitor", FitConfig{Callbacks: []Callback{EarlyStopping{Monitor: 77}}}, "Monitor(77)"},
		{"negative patience", FitConfig{Callbacks: []Callback{EarlyStopping{Monitor: TrainLoss, Patience: -1}}}, "patience -1"},
		{"delta NaN", FitConfig{Callbacks: []Callback{EarlyStopping{Monitor: TrainLoss, MinDelta: math.NaN()}}}, "min delta NaN"},
		{"no factor", FitConfig{Callbacks: []Callback{ReduceLROnPlateau{Monitor: TrainLoss}}}, "factor 0"},
		{"factor 1", FitConfig{Callbacks: []Callback{ReduceLROnPlateau{Monitor: TrainLoss, Factor: 1}}}, "factor 1"},
		{"negative rate", FitConfig{Callbacks: []Callback{ReduceLROnPlateau{Monitor: TrainLoss, Factor: 0.5, MinLR: -1}}}, "minimum learning rate -1"},
		{"negative cooldown", FitConfig{Callbacks: []Callback{ReduceLROnPlateau{Monitor: TrainLoss, Factor: 0.5, Cooldown: -1}}}, "cooldown -1"},
		{"nil", FitConfig{Callbacks: []Callback{nil}}, "callback 1 is nil"},
		{"checkpoints nowhere", FitConfig{Checkpoint: Checkpoint{EverySteps: 1}}, "no folder"},
		{"negative steps", FitConfig{Checkpoint: Checkpoint{Dir: "x", EverySteps: -1}}, "every -1 steps"},
		{"best without validation data", FitConfig{Checkpoint: Checkpoint{Dir: "x", Best: true}}, "val_loss needs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			trainer, data := lineTrainer(t, nil)
			before := trainer.model.SHA256()
			test.config.Epochs = 1
			_, err := trainer.Fit(context.Background(), data, test.config)
			if err == nil || !strings.Contains(err.Error(), test.want) || trainer.model.SHA256() != before {
				t.Errorf("error %v, want one with %q, before training", err, test.want)
			}
		})
	}
}

// A rate that is too high makes the loss grow: the first epoch's weights are best.
func TestFitRestoresTheBestEpoch(t *testing.T) {
	stopper := EarlyStopping{Monitor: TrainLoss, Patience: 3, RestoreBest: true}
	for name, config := range map[string]FitConfig{
		"stopped": {Epochs: 100, Callbacks: []Callback{stopper}},
		"ended":   {Epochs: 3, Callbacks: []Callback{stopper}},
	} {
		trainer, data := lineTrainer(t, SGD{LearningRate: 10})
		var first string
		config.Callbacks = append(config.Callbacks, LambdaCallback{OnEpochEnd: func(e Epoch) error {
			if e.Epoch == 1 {
				first = trainer.model.SHA256()
			}
			return nil
		}})
		h, err := trainer.Fit(context.Background(), data, config)
		if want := min(config.Epochs, 4); err != nil || len(h) != want {
			t.Errorf("%s: %d epochs and %v, want %d", name, len(h), err, want)
		}
		if trainer.model.SHA256() != first {
			t.Errorf("%s: the weights are not those of the best epoch", name)
		}
	}
}

func TestSetLearningRate(t *testing.T) {
	for _, name := range Optimizers() {
		o, err := NewOptimizer(name)
		if err != nil {
			t.Fatal(err)
		}
		set, data := lineTrainer(t, o)
		if err := set.SetLearningRate(0.25); err != nil {
			t.Fatal(err)
		}
		made, _ := lineTrainer(t, withRate(o, 0.25))
		for _, trainer := range []*Trainer{set, made} {
			if _, err := trainer.Fit(context.Background(), data, FitConfig{Epochs: 2}); err != nil {
				t.Fatal(err)
			}
		}
		if set.LearningRate() != 0.25 || set.model.SHA256() != made.model.SHA256() {
			t.Errorf("%s: rate %v, or another model", name, set.LearningRate())
		}
		if set.SetLearningRate(-1) == nil || set.SetLearningRate(math.NaN()) == nil || set.LearningRate() != 0.25 {
			t.Errorf("%s: a bad rate was set", name)
		}
	}
}
