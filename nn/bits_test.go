package nn_test

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

var allWorkers = flag.Bool("all-workers", false, "TestBits: try the slow generic tier with 2 and 8 workers, too")

// The bits of the reference model after two epochs on the first 6,000 images,
// batches of 32, seed 1 for weights and order, Adam: on every tier, with any
// number of workers, on every machine. They change when the arithmetic or the
// random numbers do, and with them every result that anyone has written down.
const (
	referenceSHA256   = "e8a84dc60468c74dd74f14744170152391f787b8e4236ced66b3d64350ada0e3"
	referenceTestLoss = 0x3fcff5148d5ff7a6 // 0.2497; math.Float64bits, of the first 1,000 test images
)

func TestBits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes about 30 s: go test -run 'TestBits$' ./nn [-all-workers]; a part: -run 'TestBits/tier=generic/workers=3'")
	}
	data, err := mnist.Load()
	if err != nil {
		t.Fatal(err)
	}
	train := dataset(data.Train.Slice(0, 6000), data.Classes)
	test := dataset(data.Test.Slice(0, 1000), data.Classes)
	for _, tier := range kernels.Tiers() {
		for _, workers := range []int{1, 2, 3, 8} {
			if tier == kernels.Generic && workers%2 == 0 && !*allWorkers {
				continue
			}
			t.Run(fmt.Sprintf("tier=%v/workers=%d", tier, workers), func(t *testing.T) {
				m, _ := reference(t, 1)
				trainer := newTrainer(t, m, nn.Config{Tier: tier, Workers: workers})
				fit(t, trainer, train, nn.FitConfig{Epochs: 2, Seed: 1})
				requireSHA256(t, m, referenceSHA256)
				if loss := evaluate(t, trainer, test).Loss; math.Float64bits(loss) != referenceTestLoss {
					t.Errorf("test loss %v (%#x), want %v", loss, math.Float64bits(loss), math.Float64frombits(referenceTestLoss))
				}
			})
		}
	}
}

func requireSHA256(t *testing.T, m *nn.Sequential, want string) {
	t.Helper()
	if got := m.SHA256(); got != want {
		t.Errorf("weights have SHA-256 %s, want %s", got, want)
	}
}

// Models of one to five layers, of widths that neither workers nor tiles
// divide; 60 samples in batches of 7, so that the last has 4.
var smallRuns = []struct {
	optimizer string
	loss      nn.Loss
	layers    []nn.Dense
	sha256    string
}{
	{"sgd", nn.CategoricalCrossentropy, []nn.Dense{
		{Units: 5, Activation: nn.Softmax, L1: 0.001, L2: 0.002},
	}, "751d7766168ae9fa9910c8711dd2cb87b6988cae3162c12e53604a6573ad21d1"},
	{"momentum", nn.MeanSquaredError, []nn.Dense{
		{Units: 50, Activation: nn.Tanh, L2: 0.002},
		{Units: 5, Activation: nn.Linear, L1: 0.001},
	}, "1fea1a656caa279559206b762b3d70e7ce317f4856f7c015772afb3ff3962294"},
	{"nesterov", nn.MeanSquaredError, []nn.Dense{
		{Units: 37, Activation: nn.Sigmoid, Kernel: nn.HeUniform},
		{Units: 19, Activation: nn.Tanh, L1: 0.001},
		{Units: 5, Activation: nn.Sigmoid},
	}, "0ba263f15e8638e298f7ceadf773900068f153b1e346c7aefd0048ddb2286ba3"},
	{"rmsprop", nn.CategoricalCrossentropy, []nn.Dense{
		{Units: 130, Activation: nn.ReLU},
		{Units: 17, Activation: nn.Tanh, L2: 0.001},
		{Units: 40, Activation: nn.Linear, L1: 0.001},
		{Units: 5, Activation: nn.Softmax},
	}, "df5ed5508918a8c4a2c0a746b5bafa5a2654488db2000e7518e1c9c361623201"},
	{"adam", nn.CategoricalCrossentropy, []nn.Dense{
		{Units: 33, Activation: nn.ReLU, L1: 0.001},
		{Units: 20, Activation: nn.ReLU},
		{Units: 35, Activation: nn.Softmax, L2: 0.001},
		{Units: 18, Activation: nn.Tanh},
		{Units: 5, Activation: nn.Softmax},
	}, "bfdf71bcbc1490ddf4e56fa721b5058a3ce583aec27174e94ebbae2e887962d8"},
	{"adamw", nn.MeanSquaredError, []nn.Dense{
		{Units: 33, Activation: nn.Softmax},
		{Units: 20, Activation: nn.ReLU},
		{Units: 5, Activation: nn.Softmax, L2: 0.001},
	}, "c84271be02bd1da1f0607106968e105a1b767736a0c7b40c7bba18e18412f36d"},
}

func TestBitsOfSmallModels(t *testing.T) {
	data := pictures(60, 23, 5)
	for _, run := range smallRuns {
		everyWay(t, run.optimizer, func(t *testing.T, tier kernels.Tier, workers int) {
			m := newModel(t, 23, run.layers...)
			trainer := newTrainer(t, m, nn.Config{
				Loss: run.loss, Optimizer: newOptimizer(t, run.optimizer), BatchSize: 7, Tier: tier, Workers: workers,
			})
			fit(t, trainer, data, nn.FitConfig{Epochs: 2, Seed: 1})
			requireSHA256(t, m, run.sha256)
		})
	}
}

// everyWay runs a test on all tiers with several numbers of workers, with -short fewer.
func everyWay(t *testing.T, name string, test func(t *testing.T, tier kernels.Tier, workers int)) {
	numbers := []int{1, 2, 3, 5, 8}
	if testing.Short() {
		numbers = []int{1, 3}
	}
	for _, tier := range kernels.Tiers() {
		for _, workers := range numbers {
			t.Run(fmt.Sprintf("%s/tier=%v/workers=%d", name, tier, workers), func(t *testing.T) { test(t, tier, workers) })
		}
	}
}

// What a model says of a sample does not depend on who is asked, or on the
// samples next to it.
func TestBitsOfPredictionsAndEvaluations(t *testing.T) {
	data := pictures(300, 23, 5)
	layers := smallRuns[4].layers
	want := predict(t, newModel(t, 23, layers...), data.X)
	var wantMetrics nn.Metrics
	everyWay(t, "evaluate", func(t *testing.T, tier kernels.Tier, workers int) {
		got := evaluate(t, newTrainer(t, newModel(t, 23, layers...), nn.Config{Tier: tier, Workers: workers}), data)
		if wantMetrics.Samples == 0 {
			wantMetrics = got
		}
		if got != wantMetrics {
			t.Errorf("got %v, want %v", got, wantMetrics)
		}
	})
	for _, tier := range kernels.Tiers() {
		for _, rows := range []int{1, 2, 63, 64, 65, 299} {
			t.Run(fmt.Sprintf("predict/tier=%v/rows=%d", tier, rows), func(t *testing.T) {
				t.Setenv(kernels.TierEnv, tier.String())
				m := newModel(t, 23, layers...)
				for at := 0; at < want.Rows; at += rows {
					end := min(at+rows, want.Rows)
					x := data.X.(nn.Bytes)
					x.Data = x.Data[at*x.Columns : end*x.Columns]
					requireSameBits(t, predict(t, m, x).Data, want.Data[at*want.Cols:end*want.Cols])
				}
			})
		}
	}
}

func requireSameBits(t *testing.T, got, want []float32) {
	t.Helper()
	same := func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("got %v, want %v", got, want)
	}
}
