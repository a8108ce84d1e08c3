package nn_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// numbers are n numbers from -1 up to 1, the same on every machine.
func numbers(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	xs := make([]float32, n)
	for i := range xs {
		xs[i] = 2*r.Float32() - 1
	}
	return xs
}

func floats(rows, cols int, seed uint64) nn.Floats {
	return nn.Floats{Mat: kernels.View(numbers(rows*cols, seed), rows, cols)}
}

// regression is a data set whose targets are numbers.
func regression(n, inputs, outputs int) nn.Dataset {
	return nn.Dataset{X: floats(n, inputs, 1), Y: floats(n, outputs, 2)}
}

// pictures is a data set of bytes, many of them 0, and labels.
func pictures(n, pixels, classes int) nn.Dataset {
	r := rand.New(rand.NewPCG(3, 0))
	x := nn.Bytes{Data: make([]uint8, n*pixels), Columns: pixels, Divisor: 255}
	for i := range x.Data {
		x.Data[i] = uint8(max(0, r.IntN(512)-256))
	}
	y := nn.Labels{Of: make([]uint8, n), Classes: classes}
	for i := range y.Of {
		y.Of[i] = uint8(r.IntN(classes))
	}
	return nn.Dataset{X: x, Y: y}
}

// newModel returns a model with seed 1.
func newModel(tb testing.TB, inputs int, layers ...nn.Dense) *nn.Sequential {
	tb.Helper()
	m, err := nn.NewSequential(inputs, 1, layers...)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// newTrainer returns a trainer that is closed at the end of the test.
func newTrainer(tb testing.TB, m *nn.Sequential, c nn.Config) *nn.Trainer {
	tb.Helper()
	t, err := nn.NewTrainer(m, c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(t.Close)
	return t
}

func newOptimizer(tb testing.TB, name string) nn.Optimizer {
	tb.Helper()
	o, err := nn.NewOptimizer(name)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

func fit(tb testing.TB, t *nn.Trainer, d nn.Dataset, c nn.FitConfig) nn.History {
	tb.Helper()
	h, err := t.Fit(context.Background(), d, c)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

func evaluate(tb testing.TB, t *nn.Trainer, d nn.Dataset) nn.Metrics {
	tb.Helper()
	m, err := t.Evaluate(context.Background(), d)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func predict(tb testing.TB, m *nn.Sequential, x nn.Table) kernels.Mat {
	tb.Helper()
	y := kernels.NewMat(x.Len(), m.Outputs())
	if err := m.Predict(context.Background(), y, x); err != nil {
		tb.Fatal(err)
	}
	return y
}
