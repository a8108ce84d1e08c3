package nn_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// trajectories is a file of training runs computed by Keras; its "about" says
// how to read it.
type trajectories struct {
	Shape             []int
	Batch, Steps      int
	InitialWeights    [][]float32 `json:"initial_weights"`
	InitialBiases     [][]float32 `json:"initial_biases"`
	Inputs            [][]float32
	Labels            [][]uint16  // not uint8, which encoding/json reads as text
	RegressionTargets [][]float32 `json:"regression_targets"`
	Cases             []trajectory
}

type trajectory struct {
	Name, Activation, Loss, Optimizer string
	L1, L2                            float32
	Predictions                       []float32 `json:"predictions_step0"`
	Losses                            []float64
	Weights, Biases                   [][]float32
}

// kerasOptimizers are the settings that the files were computed with.
func kerasOptimizer(t *testing.T, name string) nn.Optimizer {
	switch name {
	case "gd":
		return nn.SGD{LearningRate: 0.1}
	case "momentum", "nesterov":
		return nn.SGD{LearningRate: 0.05, Momentum: 0.9, Nesterov: name == "nesterov"}
	case "rmsprop":
		o := nn.NewRMSprop()
		o.LearningRate = 0.003
		return o
	case "adam":
		o := nn.NewAdam()
		o.LearningRate = 0.003
		return o
	case "adamw":
		o := nn.NewAdamW()
		o.LearningRate, o.WeightDecay = 0.003, 0.01
		return o
	}
	t.Fatalf("no optimizer %q", name)
	return nil
}

// Training follows Keras step by step. KERAS_TRAJECTORIES names other files, or
// several, separated by colons.
func TestKerasTrajectories(t *testing.T) {
	files := []string{"../testdata/keras-trajectories.json"}
	if env := os.Getenv("KERAS_TRAJECTORIES"); env != "" {
		files = strings.Split(env, ":")
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all trajectories
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(all.Cases) == 0 {
			t.Fatalf("%s: no cases", file)
		}
		for _, c := range all.Cases {
			t.Run(filepath.Base(file)+"/"+c.Name, func(t *testing.T) { all.check(t, c) })
		}
	}
}

func (all trajectories) check(t *testing.T, c trajectory) {
	m := all.model(t, c)
	loss, err := nn.ParseLoss(c.Loss)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := nn.NewTrainer(m, nn.Config{
		Loss: loss, Optimizer: kerasOptimizer(t, c.Optimizer), BatchSize: all.Batch, Workers: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()

	y := kernels.NewMat(all.Batch, m.Outputs())
	if err := m.Predict(context.Background(), y, all.dataset(0, c).X); err != nil {
		t.Fatal(err)
	}
	requireClose(t, "prediction", y.Data, c.Predictions, 1e-6)
	for s := range all.Steps {
		got, err := trainer.TrainOnBatch(all.dataset(s, c))
		if err != nil {
			t.Fatal(err)
		}
		if want := c.Losses[s]; math.Abs(got.Loss-want) > 1e-5*math.Abs(want) {
			t.Errorf("step %d: loss %.8g, want %.8g", s, got.Loss, want)
		}
	}
	for i := range c.Weights {
		requireClose(t, "weights", m.Kernel(i).Data, c.Weights[i], 3e-6)
		requireClose(t, "biases", m.Bias(i), c.Biases[i], 3e-6)
	}
}

// model builds the case's model with the file's initial weights.
func (all trajectories) model(t *testing.T, c trajectory) *nn.Sequential {
	hidden, err := nn.ParseActivation(c.Activation)
	if err != nil {
		t.Fatal(err)
	}
	var layers []nn.Dense
	for _, units := range all.Shape[1:] {
		layers = append(layers, nn.Dense{Units: units, Activation: hidden, L1: c.L1, L2: c.L2})
	}
	last := &layers[len(layers)-1]
	last.Activation = nn.Softmax
	if c.Loss == "mean_squared_error" {
		last.Activation = nn.Linear
	}
	m, err := nn.NewSequential(all.Shape[0], 0, layers...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range layers {
		kernel := kernels.View(all.InitialWeights[i], all.Shape[i], all.Shape[i+1])
		if err := m.SetWeights(i, kernel, all.InitialBiases[i]); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// dataset is the batch of step s.
func (all trajectories) dataset(s int, c trajectory) nn.Dataset {
	outputs := all.Shape[len(all.Shape)-1]
	d := nn.Dataset{X: nn.Floats{Mat: kernels.View(all.Inputs[s], all.Batch, all.Shape[0])}}
	if c.Loss == "mean_squared_error" {
		d.Y = nn.Floats{Mat: kernels.View(all.RegressionTargets[s], all.Batch, outputs)}
		return d
	}
	labels := nn.Labels{Classes: outputs}
	for _, l := range all.Labels[s] {
		labels.Of = append(labels.Of, uint8(l))
	}
	d.Y = labels
	return d
}

func requireClose(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	worst := 0.0
	for i := range want {
		worst = max(worst, math.Abs(float64(got[i])-float64(want[i])))
	}
	if !(worst <= tolerance) {
		t.Errorf("%s: off by up to %.3g, want at most %g", what, worst, tolerance)
	}
}
