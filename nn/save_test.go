package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// savedLayers use every setting that a file keeps.
var savedLayers = []nn.Dense{
	{Units: 20, Activation: nn.Sigmoid, Kernel: nn.HeUniform, L1: 0.1, Dropout: 0.3},
	{Units: 3, Activation: nn.Tanh, Kernel: nn.Zeros, L2: 1e-7},
	{Units: 2, Activation: nn.Softmax, L1: 1e-30, L2: 3},
}

// A saver is a model or a trainer.
type saver interface{ Save(io.Writer) error }

func save(tb testing.TB, s saver) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := s.Save(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func load(tb testing.TB, file []byte) *nn.Sequential {
	tb.Helper()
	m, err := nn.Load(bytes.NewReader(file))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func loadTrainer(tb testing.TB, file []byte, c nn.Config) *nn.Trainer {
	tb.Helper()
	t, err := nn.LoadTrainer(bytes.NewReader(file), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(t.Close)
	return t
}

func TestLoadedModelIsTheSavedOne(t *testing.T) {
	m := newModel(t, 4, savedLayers...)
	file := save(t, m)
	got := load(t, file)
	requireSHA256(t, got, m.SHA256())
	if got.Inputs() != m.Inputs() || !slices.Equal(got.Layers(), m.Layers()) {
		t.Errorf("got %d inputs and layers %+v, want %d and %+v", got.Inputs(), got.Layers(), m.Inputs(), m.Layers())
	}
	if got.Summary() != m.Summary() {
		t.Errorf("summary\n%s\nwant\n%s", got.Summary(), m.Summary())
	}
	if !bytes.Equal(save(t, got), file) {
		t.Error("saved again, the file is another")
	}
}

// A model without metadata has the file that it always had.
func TestMetadataAreKept(t *testing.T) {
	m := newModel(t, 4, savedLayers...)
	without := save(t, m)
	m.Metadata = map[string]string{"names": "a,b", "": "\"é\"\n", "model": "mine"}
	for _, s := range []saver{m, newTrainer(t, m, nn.Config{Workers: 1})} {
		if got := load(t, save(t, s)); !maps.Equal(got.Metadata, m.Metadata) {
			t.Errorf("got %q, want %q", got.Metadata, m.Metadata)
		}
	}
	m.Metadata = map[string]string{}
	if !bytes.Equal(save(t, m), without) || load(t, without).Metadata != nil {
		t.Error("no metadata are not nothing")
	}
}

// What Save would write, Load has to read.
func TestSaveRefusesHugeMetadata(t *testing.T) {
	m := newModel(t, 4, savedLayers...)
	m.Metadata = map[string]string{"names": strings.Repeat("x", 17<<20)}
	if err := m.Save(io.Discard); err == nil {
		t.Error("no error")
	}
}

func TestSaveRefusesModelWithoutLayers(t *testing.T) {
	var m nn.Sequential
	if err := m.Save(io.Discard); err == nil {
		t.Error("no error")
	}
}

// Training may have diverged; a file keeps the numbers all the same.
func TestSaveKeepsNaNAndInfinity(t *testing.T) {
	m := newModel(t, 1, nn.Dense{Units: 3})
	kernel, inf := m.Kernel(0), float32(math.Inf(1))
	copy(kernel.Data, []float32{float32(math.NaN()), inf, -inf})
	if err := m.SetWeights(0, kernel, []float32{math.MaxFloat32, 1e-45, float32(math.Copysign(0, -1))}); err != nil {
		t.Fatal(err)
	}
	requireSHA256(t, load(t, save(t, m)), m.SHA256())
}

// Saved in the middle of training and loaded with other workers, a model
// becomes what it would have become.
func TestTrainingGoesOnFromAFile(t *testing.T) {
	data := pictures(40, 23, 5)
	for _, run := range smallRuns {
		t.Run(run.optimizer, func(t *testing.T) {
			c := nn.Config{Loss: run.loss, Optimizer: newOptimizer(t, run.optimizer), BatchSize: 7, Workers: 2}
			first, second := nn.FitConfig{Epochs: 2, Seed: 1}, nn.FitConfig{Epochs: 2, Seed: 2}
			m := newModel(t, 23, run.layers...)
			trainer := newTrainer(t, m, c)
			fit(t, trainer, data, first)
			file := save(t, trainer)
			fit(t, trainer, data, second)

			for _, workers := range []int{1, 3} {
				resumed := loadTrainer(t, file, nn.Config{Workers: workers})
				if !bytes.Equal(save(t, resumed), file) {
					t.Error("saved again, the file is another")
				}
				fit(t, resumed, data, second)
				if !bytes.Equal(save(t, resumed), save(t, trainer)) {
					t.Errorf("%d workers: training from a file ends elsewhere", workers)
				}
			}
			if load(t, file).SHA256() == m.SHA256() { // Load takes a file with moments, too
				t.Error("the second half of training changed nothing")
			}
		})
	}
}

func TestLoadTrainerTakesSettingsFromTheFile(t *testing.T) {
	adamw := nn.AdamW{Adam: nn.Adam{LearningRate: 0.1, Beta1: 0.2, Beta2: 0.3, Epsilon: 0.4}, WeightDecay: 0.5}
	piecewise := nn.PiecewiseConstantDecay{Boundaries: []int{1, 5}, Values: []float64{1, 0.5, 0.25}}
	want := []nn.Config{
		{Loss: nn.MeanSquaredError, Optimizer: adamw, BatchSize: 17},
		{
			Optimizer: nn.NewSGD(), BatchSize: 3, Schedule: nn.Scaled{Factor: 0.5, Of: nn.LinearWarmup{InitialLearningRate: 0.1, Steps: 3, Then: piecewise}},
			InputDropout: 0.1, Seed: 1<<64 - 1, LabelSmoothing: 0.2, ClassWeights: []float32{1, 2}, GlobalClipNorm: 3,
			Accumulate: 4, EMA: 0.5, EvaluateAverage: true,
		},
		{Optimizer: nn.NewSGD(), BatchSize: 3, ClipValue: 1, Schedule: nn.NewOneCycle(0.1, 7)},
		{Optimizer: nn.NewSGD(), BatchSize: 3, ClipNorm: 2, Schedule: nn.ExponentialDecay{InitialLearningRate: 1, DecaySteps: 2, DecayRate: 0.5, Staircase: true}},
		{Optimizer: nn.NewSGD(), BatchSize: 3, Schedule: nn.CosineDecay{InitialLearningRate: 1, DecaySteps: 2, Alpha: 3, WarmupTarget: 4, WarmupSteps: 5}},
	}
	for i, want := range want {
		want.Workers, want.Tier = 1, kernels.Generic
		file := save(t, newTrainer(t, newModel(t, 3, nn.Dense{Units: 2, Activation: nn.Softmax}), want))
		got := loadTrainer(t, file, nn.Config{Workers: 1, Tier: kernels.Generic, BatchSize: 99, Optimizer: nn.NewSGD(), EMA: 0.25, Seed: 9}).Config()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d: got %+v, want %+v", i, got, want)
		}
	}
}

// What is not used is not in a file: files of programs that did not have it are
// the same.
func TestPlainTrainingIsSavedAsBefore(t *testing.T) {
	trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
	s, ok := parse(save(t, trainer))
	if !ok {
		t.Fatal("not a safetensors file")
	}
	want := `{"loss":"mean_squared_error","batch_size":4,"steps":0,"optimizer":"adam",` +
		`"settings":{"learning_rate":0.001,"beta_1":0.9,"beta_2":0.999,"epsilon":1e-7}}`
	if got := s.metadata()["training"]; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if model := s.metadata()["model"].(string); strings.Contains(model, "dropout") {
		t.Errorf("dropout in %s", model)
	}
}

func TestLoadTrainerNeedsTheStateOfTraining(t *testing.T) {
	_, err := nn.LoadTrainer(bytes.NewReader(save(t, newModel(t, 3, regressor...))), nn.Config{})
	requireErrFormat(t, err)
}

// The caller's own settings may be wrong: that is no fault of the file.
func TestLoadTrainerRefusesBadSettings(t *testing.T) {
	trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
	for _, c := range []nn.Config{{Workers: -1}, {Workers: 1 << 20}, {Tier: 77}} {
		if _, err := nn.LoadTrainer(bytes.NewReader(save(t, trainer)), c); err == nil || errors.Is(err, nn.ErrFormat) {
			t.Errorf("%+v: error %v", c, err)
		}
	}
}

// What could not be read again is not written.
func TestSaveRefusesTooManyLayers(t *testing.T) {
	layers := make([]nn.Dense, 9_000)
	for i := range layers {
		layers[i].Units = 1
	}
	if err := newModel(t, 1, layers...).Save(io.Discard); err == nil || !strings.Contains(err.Error(), "too many layers") {
		t.Errorf("error %v", err)
	}
	load(t, save(t, newModel(t, 1, layers[:1000]...)))
}

func TestSaveRefusesTooManyClassWeights(t *testing.T) {
	weights := make([]float32, 100_000)
	for i := range weights {
		weights[i] = 1.0 / 3
	}
	m := newModel(t, 1, nn.Dense{Units: len(weights), Activation: nn.Softmax})
	trainer := newTrainer(t, m, nn.Config{ClassWeights: weights, Optimizer: nn.SGD{LearningRate: 1}, Workers: 1})
	if err := trainer.Save(io.Discard); err == nil || !strings.Contains(err.Error(), "about training") {
		t.Errorf("error %v", err)
	}
}

// A limitedWriter fails once it has taken n bytes.
type limitedWriter struct{ n int }

func (w *limitedWriter) Write(b []byte) (int, error) {
	if len(b) > w.n {
		return w.n, io.ErrShortWrite
	}
	w.n -= len(b)
	return len(b), nil
}

func TestSaveReportsWriteErrors(t *testing.T) {
	m := newModel(t, 100, nn.Dense{Units: 200}) // more than any buffer
	size := len(save(t, m))
	for _, n := range []int{0, 7, 100, 20000, size - 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if err := m.Save(&limitedWriter{n}); err != io.ErrShortWrite {
				t.Errorf("Save returned %v", err)
			}
		})
	}
}
