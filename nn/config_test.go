package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Every field of every optimizer is checked; those that must be below 1, too.
func TestNewTrainerRefusesOptimizersWithBadSettings(t *testing.T) {
	defaults := []nn.Optimizer{nn.NewSGD(), nn.NewRMSprop(), nn.NewAdam(), nn.NewAdamW()}
	belowOne := map[string]bool{"Momentum": true, "Rho": true, "Beta1": true, "Beta2": true}
	for _, o := range defaults {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(o)) {
			if field.Type.Kind() != reflect.Float64 {
				continue
			}
			bad := []float64{-0.1, math.NaN(), math.Inf(1), math.Inf(-1)}
			if belowOne[field.Name] {
				bad = append(bad, 1)
			}
			for _, x := range bad {
				t.Run(fmt.Sprintf("%T/%s=%v", o, field.Name, x), func(t *testing.T) {
					changed := reflect.New(reflect.TypeOf(o)).Elem()
					changed.Set(reflect.ValueOf(o))
					changed.FieldByIndex(field.Index).SetFloat(x)
					c := nn.Config{Loss: nn.MeanSquaredError, Optimizer: changed.Interface().(nn.Optimizer)}
					requireNewTrainerFails(t, c, fmt.Sprint(x))
				})
			}
		}
	}
}

func TestNewTrainerRefusesBadSettings(t *testing.T) {
	for _, test := range []struct {
		name   string
		config nn.Config
		want   string // in the error
	}{
		{"negative batch size", nn.Config{Loss: nn.MeanSquaredError, BatchSize: -1}, "batch size -1"},
		{"huge batch size", nn.Config{Loss: nn.MeanSquaredError, BatchSize: math.MaxInt32}, "batch size"},
		{"negative workers", nn.Config{Loss: nn.MeanSquaredError, Workers: -1}, "-1 workers"},
		{"very many workers", nn.Config{Loss: nn.MeanSquaredError, Workers: 1 << 20}, "workers"},
		{"unknown tier", nn.Config{Loss: nn.MeanSquaredError, Tier: 77}, "Tier(77)"},
		{"unknown loss", nn.Config{Loss: 77}, "Loss(77)"},
		{"crossentropy without softmax", nn.Config{}, "categorical_crossentropy needs a softmax output, not linear"},
	} {
		t.Run(test.name, func(t *testing.T) { requireNewTrainerFails(t, test.config, test.want) })
	}
	for _, tier := range kernels.AllTiers() {
		if tier.Err() != nil { // not here
			requireNewTrainerFails(t, nn.Config{Loss: nn.MeanSquaredError, Tier: tier}, tier.String())
		}
	}
}

func requireNewTrainerFails(t *testing.T, c nn.Config, want string) {
	t.Helper()
	trainer, err := nn.NewTrainer(newModel(t, 3, regressor...), c)
	if err == nil {
		trainer.Close()
		t.Fatal("NewTrainer did not fail")
	}
	if !strings.Contains(err.Error(), want) {
		t.Errorf("error %q does not say %q", err, want)
	}
}

func TestConfigHasWhatNewTrainerFilledIn(t *testing.T) {
	got := newTrainer(t, newModel(t, 3, regressor...), nn.Config{Loss: nn.MeanSquaredError}).Config()
	want := nn.Config{
		Loss: nn.MeanSquaredError, Optimizer: nn.NewAdam(), BatchSize: 32,
		Workers: runtime.GOMAXPROCS(0), Tier: kernels.Best(),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// The environment is a user's: what it says wrongly is an error, not a panic.
func TestWrongTierInTheEnvironmentIsAnError(t *testing.T) {
	t.Setenv(kernels.TierEnv, "nonsense")
	requireNewTrainerFails(t, nn.Config{Loss: nn.MeanSquaredError}, "nonsense")
	m := newModel(t, 3, regressor...)
	if err := m.Predict(context.Background(), kernels.NewMat(1, 2), floats(1, 3, 1)); err == nil || !strings.Contains(err.Error(), "nonsense") {
		t.Errorf("Predict returned %v", err)
	}
	newTrainer(t, m, nn.Config{Loss: nn.MeanSquaredError, Tier: kernels.Generic}) // does not ask
}

// rows is a matrix that promises n rows, but has no data.
func rows(n, cols int) kernels.Mat {
	return kernels.Mat{Rows: n, Cols: cols, RowStride: cols, ColStride: 1}
}

// badData are data that do not fit a model of 3 inputs and 2 outputs.
var badData = []struct {
	name string
	data nn.Dataset
}{
	{"nothing", nn.Dataset{}},
	{"no samples", nn.Dataset{Y: floats(4, 2, 1)}},
	{"no targets", nn.Dataset{X: floats(4, 3, 1)}},
	{"empty", regression(0, 3, 2)},
	{"fewer targets than samples", nn.Dataset{X: floats(4, 3, 1), Y: floats(3, 2, 1)}},
	{"wide samples", regression(4, 4, 2)},
	{"narrow targets", regression(4, 3, 1)},
	{"short data", nn.Dataset{X: nn.Floats{Mat: rows(4, 3)}, Y: floats(4, 2, 1)}},
	{"columns apart", nn.Dataset{X: nn.Floats{Mat: kernels.NewMat(3, 4).T()}, Y: floats(4, 2, 1)}},
	{"fewer rows than none", nn.Dataset{X: nn.Floats{Mat: rows(-4, 3)}, Y: nn.Floats{Mat: rows(-4, 2)}}},
	{"label of no class", nn.Dataset{X: floats(4, 3, 1), Y: nn.Labels{Of: []uint8{0, 1, 2, 1}, Classes: 2}}},
	{"half a row of bytes", nn.Dataset{X: nn.Bytes{Data: make([]uint8, 13), Columns: 3, Divisor: 1}, Y: floats(4, 2, 1)}},
	{"no columns of bytes", nn.Dataset{X: nn.Bytes{Data: make([]uint8, 4), Divisor: 1}, Y: floats(4, 2, 1)}},
	{"divisor 0", nn.Dataset{X: nn.Bytes{Data: make([]uint8, 12), Columns: 3}, Y: floats(4, 2, 1)}},
	{"divisor NaN", nn.Dataset{X: nn.Bytes{Data: make([]uint8, 12), Columns: 3, Divisor: float32(math.NaN())}, Y: floats(4, 2, 1)}},
}

func TestBadDataIsErrData(t *testing.T) {
	m := newModel(t, 3, regressor...)
	trainer := newTrainer(t, m, regressorConfig)
	good, before := regression(4, 3, 2), m.SHA256()
	for _, test := range badData {
		t.Run(test.name, func(t *testing.T) {
			_, fitErr := trainer.Fit(context.Background(), test.data, nn.FitConfig{Epochs: 1})
			_, validationErr := trainer.Fit(context.Background(), good, nn.FitConfig{Epochs: 1, Validation: &test.data})
			_, trainErr := trainer.TrainOnBatch(test.data)
			_, evaluateErr := trainer.Evaluate(context.Background(), test.data)
			for what, err := range map[string]error{
				"Fit": fitErr, "validation": validationErr, "TrainOnBatch": trainErr, "Evaluate": evaluateErr,
			} {
				if !errors.Is(err, nn.ErrData) {
					t.Errorf("%s returned %v", what, err)
				}
			}
		})
	}
	if _, err := trainer.TrainOnBatch(regression(5, 3, 2)); !errors.Is(err, nn.ErrData) {
		t.Errorf("TrainOnBatch of 5 with room for 4 returned %v", err)
	}
	requireSHA256(t, m, before)
}

func TestPredictRefusesWhatDoesNotFit(t *testing.T) {
	m, x := newModel(t, 3, regressor...), floats(4, 3, 1)
	whole := kernels.NewMat(4, 3)
	for _, test := range []struct {
		name string
		dst  kernels.Mat
		x    nn.Table
	}{
		{"wide samples", kernels.NewMat(4, 2), floats(4, 4, 1)},
		{"samples with gaps", kernels.NewMat(4, 2), nn.Floats{Mat: kernels.NewMat(3, 4).T()}},
		{"few rows", kernels.NewMat(3, 2), x},
		{"many rows", kernels.NewMat(5, 2), x},
		{"many columns", kernels.NewMat(4, 3), x},
		{"gaps between rows", whole.Slice(0, 4, 0, 2), x},
		{"transposed", kernels.NewMat(2, 4).T(), x},
		{"short data", rows(4, 2), x},
	} {
		if err := m.Predict(context.Background(), test.dst, test.x); !errors.Is(err, nn.ErrData) {
			t.Errorf("%s: Predict returned %v", test.name, err)
		}
	}
}

func TestFitRefusesBadSettings(t *testing.T) {
	data := regression(10, 3, 2)
	for _, test := range []struct {
		name   string
		config nn.FitConfig
		want   string
	}{
		{"negative epochs", nn.FitConfig{Epochs: -1}, "-1 epochs"},
		{"negative split", nn.FitConfig{ValidationSplit: -0.1}, "validation split -0.1"},
		{"split of everything", nn.FitConfig{ValidationSplit: 1}, "validation split 1"},
		{"split NaN", nn.FitConfig{ValidationSplit: math.NaN()}, "validation split NaN"},
		{"two sorts of validation", nn.FitConfig{ValidationSplit: 0.1, Validation: &data}, "both"},
		{"nothing left", nn.FitConfig{ValidationSplit: 0.95}, "a validation split of 0.95 leaves none of 10 samples"},
	} {
		trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
		_, err := trainer.Fit(context.Background(), data, test.config)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Fit returned %v, want an error that says %q", test.name, err, test.want)
		}
	}
}

// A batch that is larger than the data is all of them.
func TestFitOfLessThanABatch(t *testing.T) {
	var weights []string
	for _, batch := range []int{3, 0, 1000} {
		m := newModel(t, 3, regressor...)
		c := regressorConfig
		c.BatchSize = batch
		trainer := newTrainer(t, m, c)
		if _, err := trainer.Fit(context.Background(), regression(3, 3, 2), nn.FitConfig{Epochs: 2}); err != nil {
			t.Fatal(err)
		}
		weights = append(weights, m.SHA256())
	}
	if weights[0] != weights[1] || weights[0] != weights[2] {
		t.Errorf("weights %v", weights)
	}
}

func TestNewTrainerRefusesWhatCannotLearn(t *testing.T) {
	for _, loss := range []nn.Loss{nn.CategoricalCrossentropy, nn.MeanSquaredError} {
		trainer, err := nn.NewTrainer(newModel(t, 3, nn.Dense{Units: 1, Activation: nn.Softmax}), nn.Config{Loss: loss})
		if err == nil {
			trainer.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "always 1") {
			t.Errorf("%v of one softmax output: error %v", loss, err)
		}
	}
}
