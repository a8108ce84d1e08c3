package nn_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// savedLayers use every setting that a file keeps.
var savedLayers = []nn.Dense{
	{Units: 20, Activation: nn.Sigmoid, Kernel: nn.HeUniform, L1: 0.1},
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
	want := nn.Config{
		Loss: nn.MeanSquaredError, Optimizer: nn.AdamW{Adam: nn.Adam{LearningRate: 0.1, Beta1: 0.2, Beta2: 0.3, Epsilon: 0.4}, WeightDecay: 0.5},
		BatchSize: 17, Workers: 1,
	}
	trainer := newTrainer(t, newModel(t, 3, regressor...), want)
	want.Tier = trainer.Config().Tier
	got := loadTrainer(t, save(t, trainer), nn.Config{Workers: 1, BatchSize: 99, Optimizer: nn.NewSGD()}).Config()
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
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
