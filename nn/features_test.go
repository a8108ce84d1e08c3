package nn_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// featureLayers are two pairs and a single layer, with every sort of dropout;
// a block of the first kernel has more numbers than a place.
func featureLayers() []nn.Dense {
	return dropping([]nn.Dense{
		{Units: 128, Activation: nn.ReLU, L1: 0.0001},
		{Units: 20, Activation: nn.Tanh},
		{Units: 35, Activation: nn.Softmax, L2: 0.001},
		{Units: 37, Activation: nn.Sigmoid},
		{Units: 5, Activation: nn.Softmax},
	}, 0.3, 0.2, 0.1, 0.5)
}

// featureData are 29 samples with weights, 5 batches of 7.
func featureData() nn.Dataset {
	d := pictures(29, 520, 5)
	for _, x := range numbers(29, 3) {
		d.Weights = append(d.Weights, x+1)
	}
	return d
}

// featureRuns have all features, but one sort of clipping each.
var featureRuns = []struct {
	name   string
	config nn.Config
	sha256 string
}{
	{"value", withAdam(func(c *nn.Config) { c.ClipValue = 0.001 }), "6602f15657993dd0c048dcd6975f39a9be93985206b5ae801ca9c9a0be5024bc"},
	{"norm", withAdam(func(c *nn.Config) { c.ClipNorm = 0.02 }), "aaf4c7aeffbaaffab1e03bc5a030a874d3ea25871f6072648f74b5afffdb97cf"},
	{"global", withAdam(func(c *nn.Config) { c.GlobalClipNorm = 0.05 }), "23d50981389326098c5bab0c229f020fc79c0ea5c1ef90d32dff706a10dae8ff"},
	{"unclipped", withAdam(func(c *nn.Config) { c.Accumulate = 0 }), "909805509409a348da71a0750d40ce86f35845d5ac21c9ecfed18876ef70ec52"},
}

func withAdam(change func(*nn.Config)) nn.Config {
	c := manyFeatures()
	c.Optimizer, c.GlobalClipNorm, c.ClassWeights, c.BatchSize = nn.NewAdam(), 0, []float32{1, 0.5, 2, 1, 0.25}, 7
	c.Schedule = nn.LinearWarmup{InitialLearningRate: 0.001, Steps: 3, Then: nn.NewOneCycle(0.01, 30)}
	c.EvaluateAverage = true
	change(&c)
	return c
}

// With every feature, bits depend on neither tier nor workers.
func TestBitsOfFeatures(t *testing.T) {
	data := featureData()
	for _, run := range featureRuns {
		var want nn.Metrics
		everyWay(t, run.name, func(t *testing.T, tier kernels.Tier, workers int) {
			c := run.config
			c.Tier, c.Workers = tier, workers
			m := newModel(t, 520, featureLayers()...)
			trainer := newTrainer(t, m, c)
			fit(t, trainer, data, nn.FitConfig{Epochs: 2, Seed: 1})
			got := evaluate(t, trainer, data)
			if want.Samples == 0 {
				want = got
			}
			if got != want {
				t.Errorf("evaluated: %v, want %v", got, want)
			}
			requireSHA256(t, m, run.sha256)
		})
	}
}

// Limits that nothing reaches give the bits of the fused update.
func TestGradientsAreTheSameWhenTheyAreKept(t *testing.T) {
	data := pictures(60, 23, 5)
	run := smallRuns[4]
	for name, c := range map[string]nn.Config{
		"value": {ClipValue: 1e30}, "norm": {ClipNorm: 1e30}, "global": {GlobalClipNorm: 1e30}, "average": {EMA: 0.9},
		"schedule": {Schedule: nn.Constant{LearningRate: 0.001}}, "one step": {Accumulate: 1},
		"weights": {ClassWeights: []float32{1, 1, 1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			c.BatchSize, c.Workers = 7, 3
			m := newModel(t, 23, run.layers...)
			fit(t, newTrainer(t, m, c), data, nn.FitConfig{Epochs: 2, Seed: 1})
			requireSHA256(t, m, run.sha256)
		})
	}
}

// To leave out zeros changes no bit of kept gradients, or of an average.
func TestZerosAreLeftOutOfFeatures(t *testing.T) {
	data := mostlyDark(29, 520, 5)
	for _, run := range featureRuns {
		train := func(x nn.Table) (string, nn.Metrics) {
			c := run.config
			c.InputDropout, c.Workers = 0, 2
			trainer := newTrainer(t, newModel(t, 520, featureLayers()...), c)
			d := nn.Dataset{X: x, Y: data.Y}
			fit(t, trainer, d, nn.FitConfig{Epochs: 2, Seed: 1})
			return trainer.Averaged().SHA256(), evaluate(t, trainer, d)
		}
		want, wantMetrics := train(plain{data.X})
		if got, metrics := train(data.X); got != want || metrics != wantMetrics {
			t.Errorf("%s: SHA-256 %s and %v, want %s and %v", run.name, got, metrics, want, wantMetrics)
		}
	}
}

// Saved in the middle, between two updates, and loaded with other workers,
// training ends in the same file.
func TestFeaturesGoOnFromAFile(t *testing.T) {
	data := featureData()
	for _, run := range featureRuns {
		t.Run(run.name, func(t *testing.T) {
			c := run.config
			c.Workers = 2
			trainer := newTrainer(t, newModel(t, 520, featureLayers()...), c)
			fit(t, trainer, data, nn.FitConfig{Epochs: 1, Seed: 1}) // 5 batches
			if err := trainer.SetLearningRate(0.003); err != nil {
				t.Fatal(err)
			}
			file := save(t, trainer)
			fit(t, trainer, data, nn.FitConfig{Epochs: 2, InitialEpoch: 1, Seed: 1})
			for _, workers := range []int{1, 2, 3} {
				resumed := loadTrainer(t, file, nn.Config{Workers: workers})
				if !bytes.Equal(save(t, resumed), file) {
					t.Error("saved again, the file is another")
				}
				fit(t, resumed, data, nn.FitConfig{Epochs: 2, InitialEpoch: 1, Seed: 1})
				if !bytes.Equal(save(t, resumed), save(t, trainer)) {
					t.Errorf("%d workers: training from a file ends elsewhere", workers)
				}
				if resumed.Averaged().SHA256() != trainer.Averaged().SHA256() {
					t.Errorf("%d workers: another average", workers)
				}
			}
		})
	}
}

// From every checkpoint, between two updates or not, a run ends in the same bits.
func TestFeaturesResumeFromCheckpoints(t *testing.T) {
	data := featureData()
	for i, run := range featureRuns {
		dir := t.TempDir()
		plan := nn.FitConfig{
			Epochs: 3, Seed: 1, ValidationSplit: 0.2,
			Callbacks:  []nn.Callback{nn.ReduceLROnPlateau{Monitor: nn.ValAccuracy, Factor: 0.5, Patience: 1}},
			Checkpoint: nn.Checkpoint{Dir: dir, EverySteps: 5, Keep: 10},
		}
		c := run.config
		c.Workers = 2
		want := newTrainer(t, newModel(t, 520, featureLayers()...), c)
		fit(t, want, data, plan)
		for j, name := range names(t, dir) {
			c.Workers = 1 + (i+j)%3
			resumed := resume(t, filepath.Join(dir, name), c)
			plan := plan
			plan.Checkpoint.Dir = t.TempDir()
			fit(t, resumed, data, plan)
			if !bytes.Equal(save(t, resumed), save(t, want)) {
				t.Errorf("%s: %s: the run ends elsewhere", run.name, name)
			}
		}
		c.EMA = 0.5
		if _, err := nn.ResumeTrainer(latest(t, dir), c); err == nil || !strings.Contains(err.Error(), "an EMA of 0.8") {
			t.Errorf("another EMA: error %v", err)
		}
	}
}

// Of a trainer that evaluates the average, early stopping restores the average.
func TestEarlyStoppingRestoresTheAverage(t *testing.T) {
	data, held := featureData(), pictures(40, 520, 5)
	c := featureRuns[3].config
	c.Schedule = nn.Constant{LearningRate: 0.05} // too high
	m := newModel(t, 520, featureLayers()...)
	trainer := newTrainer(t, m, c)
	history := fit(t, trainer, data, nn.FitConfig{
		Epochs: 8, Validation: &held,
		Callbacks: []nn.Callback{nn.EarlyStopping{Monitor: nn.ValLoss, Patience: 8, RestoreBest: true}},
	})
	best := 0
	for i, e := range history {
		if e.Validation.Loss < history[best].Validation.Loss {
			best = i
		}
	}
	if best == len(history)-1 {
		t.Fatal("the last epoch is the best: no test")
	}
	if got, want := evaluate(t, trainer, held), *history[best].Validation; got != want {
		t.Errorf("evaluated: %v, want %v", got, want)
	}
	if trainer.Averaged().SHA256() == m.SHA256() {
		t.Error("the model has the weights of the average")
	}
}

func TestFeaturesAllocateNothing(t *testing.T) {
	data := featureData()
	for _, run := range featureRuns {
		for _, workers := range []int{1, 2} {
			c := run.config
			c.Workers, c.BatchSize = workers, 29
			trainer := newTrainer(t, newModel(t, 520, featureLayers()...), c)
			requireNoAllocs(t, func() error {
				_, err := trainer.TrainOnBatch(data)
				return err
			})
			requireNoAllocs(t, func() error {
				_, err := trainer.Evaluate(context.Background(), data)
				return err
			})
		}
	}
}

// A dropped output has no part in training: what follows it alone stays.
func TestDropoutOfAllLeavesTheWeights(t *testing.T) {
	m := newModel(t, 3, nn.Dense{Units: 40, Activation: nn.Tanh, Dropout: 0.9999999}, nn.Dense{Units: 2})
	trainer := newTrainer(t, m, nn.Config{Loss: nn.MeanSquaredError, Optimizer: nn.SGD{LearningRate: 0.1}, BatchSize: 4})
	first, second, bias := m.Kernel(0), m.Kernel(1), m.Bias(1)
	trainOnBatch(t, trainer, regression(4, 3, 2))
	requireSameBits(t, m.Kernel(0).Data, first.Data)
	requireSameBits(t, m.Kernel(1).Data, second.Data)
	if bias[0] == m.Bias(1)[0] {
		t.Error("the last bias stays, too")
	}
}

func TestNewTrainerRefusesBadFeatures(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		config nn.Config
		want   string // in the error
	}{
		{nn.Config{InputDropout: 1}, "input dropout 1"},
		{nn.Config{InputDropout: -0.5}, "input dropout -0.5"},
		{nn.Config{InputDropout: float32(nan)}, "input dropout NaN"},
		{nn.Config{LabelSmoothing: 0.1}, "label smoothing goes with categorical_crossentropy"},
		{nn.Config{LabelSmoothing: 1}, "label smoothing 1"},
		{nn.Config{ClassWeights: []float32{}}, "0 class weights for a model of 2 outputs"},
		{nn.Config{ClassWeights: []float32{1, 2, 3}}, "3 class weights for a model of 2 outputs"},
		{nn.Config{ClassWeights: []float32{1, -2}}, "weight -2 of class 1"},
		{nn.Config{ClassWeights: []float32{float32(nan), 1}}, "weight NaN of class 0"},
		{nn.Config{ClipValue: -1}, "clip value -1"},
		{nn.Config{ClipNorm: nan}, "clip norm NaN"},
		{nn.Config{GlobalClipNorm: math.Inf(1)}, "global clip norm +Inf"},
		{nn.Config{ClipValue: 1, GlobalClipNorm: 1}, "at most one"},
		{nn.Config{Accumulate: -1}, "-1 steps"},
		{nn.Config{Accumulate: 1 << 30}, "steps accumulated"},
		{nn.Config{EMA: 1}, "EMA 1"},
		{nn.Config{EvaluateAverage: true}, "no average"},
	} {
		test.config.Loss = nn.MeanSquaredError
		t.Run(test.want, func(t *testing.T) { requireNewTrainerFails(t, test.config, test.want) })
	}
}

func TestNewSequentialRefusesBadDropout(t *testing.T) {
	for _, test := range []struct {
		rates []float32
		want  string
	}{
		{[]float32{1, 0}, "layer 1: dropout 1"},
		{[]float32{-0.1, 0}, "layer 1: dropout -0.1"},
		{[]float32{float32(math.NaN()), 0}, "layer 1: dropout NaN"},
		{[]float32{0, 0.5}, "layer 2: dropout after the last layer"},
	} {
		_, err := nn.NewSequential(3, 1, dropping([]nn.Dense{{Units: 4}, {Units: 2}}, test.rates...)...)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("rates %v: error %v, want one that says %q", test.rates, err, test.want)
		}
	}
}

func TestBadWeightsAreErrData(t *testing.T) {
	trainer := newTrainer(t, newModel(t, 3, regressor...), regressorConfig)
	for want, weights := range map[string][]float32{
		"4 samples but 3 weights": {1, 1, 1},
		"4 samples but 0 weights": {},
		"weight -1 of sample 2":   {1, 1, -1, 1},
		"weight NaN of sample 0":  {float32(math.NaN()), 1, 1, 1},
		"weight +Inf of sample 3": {1, 1, 1, float32(math.Inf(1))},
	} {
		d := regression(4, 3, 2)
		d.Weights = weights
		_, fitErr := trainer.Fit(context.Background(), d, nn.FitConfig{Epochs: 1})
		_, err := trainer.Evaluate(context.Background(), d)
		for _, err := range []error{fitErr, err} {
			if !errors.Is(err, nn.ErrData) || !strings.Contains(fmt.Sprint(err), want) {
				t.Errorf("error %v, want one that says %q", err, want)
			}
		}
	}
}
