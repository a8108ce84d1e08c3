package nn_test

import (
	"errors"
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// The metrics are those of the formulas, in float64, for any number of samples
// and outputs.
func TestEvaluateRegression(t *testing.T) {
	for _, test := range []struct{ rows, outputs int }{{2, 1}, {64, 2}, {65, 1}, {200, 3}} {
		m := newModel(t, 4, nn.Dense{Units: 7, Activation: nn.Tanh}, nn.Dense{Units: test.outputs})
		data := regression(test.rows, 4, test.outputs)
		y, target := predict(t, m, data.X), data.Y.(nn.Floats).Mat
		var want nn.RegressionMetrics
		n := float64(test.rows)
		for j := range test.outputs {
			var absolute, squared, mean, spread float64
			for i := range test.rows {
				mean += float64(target.At(i, j)) / n
			}
			for i := range test.rows {
				d := float64(y.At(i, j)) - float64(target.At(i, j))
				absolute += math.Abs(d)
				squared += d * d
				spread += math.Pow(float64(target.At(i, j))-mean, 2)
			}
			want.MeanAbsoluteError += absolute / n / float64(test.outputs)
			want.RootMeanSquaredError += squared / n / float64(test.outputs)
			want.R2 += (1 - squared/spread) / float64(test.outputs)
		}
		want.RootMeanSquaredError = math.Sqrt(want.RootMeanSquaredError)
		got, err := m.EvaluateRegression(data)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.MeanAbsoluteError-want.MeanAbsoluteError) > 1e-12 ||
			math.Abs(got.RootMeanSquaredError-want.RootMeanSquaredError) > 1e-12 ||
			math.Abs(got.R2-want.R2) > 1e-10*math.Abs(want.R2) || got.Samples != test.rows {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// Predicting the mean is an R2 of 0, predicting all rightly one of 1.
func TestR2(t *testing.T) {
	m := newModel(t, 1, nn.Dense{Units: 1})
	line := nn.Floats{Mat: kernels.View([]float32{1, 2, 3, 6}, 4, 1)}
	for _, test := range []struct{ slope, intercept, want float64 }{{1, 0, 1}, {0, 3, 0}, {0, 4, -4.0 / 14}} {
		if err := m.SetWeights(0, kernels.View([]float32{float32(test.slope)}, 1, 1), []float32{float32(test.intercept)}); err != nil {
			t.Fatal(err)
		}
		got, err := m.EvaluateRegression(nn.Dataset{X: line, Y: line})
		if err != nil || math.Abs(got.R2-test.want) > 1e-12 {
			t.Errorf("%v·x + %v: %+v, error %v; want an R2 of %v", test.slope, test.intercept, got, err, test.want)
		}
	}
	if _, err := m.EvaluateRegression(nn.Dataset{X: line}); !errors.Is(err, nn.ErrData) {
		t.Errorf("no targets: %v", err)
	}
}

// Numbers are neither right nor wrong; probabilities are.
func TestAccuracyIsOfClassifiersAlone(t *testing.T) {
	for _, test := range []struct {
		last nn.Activation
		want bool
	}{{nn.Linear, false}, {nn.ReLU, false}, {nn.Tanh, false}, {nn.Sigmoid, true}, {nn.Softmax, true}} {
		m := newModel(t, 6, nn.Dense{Units: 3, Activation: test.last})
		trainer := newTrainer(t, m, nn.Config{Loss: nn.MeanSquaredError, BatchSize: 60, Workers: 1})
		data := pictures(60, 6, 3)
		got, err := trainer.TrainOnBatch(data)
		if err != nil {
			t.Fatal(err)
		}
		if got.Accuracy > 0 != test.want || evaluate(t, trainer, data).Accuracy > 0 != test.want {
			t.Errorf("%v: accuracy %v while training, %v after", test.last, got.Accuracy, evaluate(t, trainer, data).Accuracy)
		}
	}
}
