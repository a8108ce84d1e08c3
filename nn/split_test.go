package nn_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Each class gives its share; every sample is in one part.
func TestSplitOfClasses(t *testing.T) {
	for _, n := range []int{30, 31, 200} {
		for _, share := range []float64{0.1, 0.25, 0.5} {
			d := numbered(n)
			train, test, err := d.Split(share, 1)
			if err != nil {
				t.Fatal(err)
			}
			var classes [3]float64
			for _, c := range test.Y.(nn.Labels).Of {
				classes[c]++
			}
			for c, have := range classes {
				want := share * float64((n+2-c)/3)
				if have < want-0.5 || have > want+0.5 {
					t.Errorf("%v of %d: class %d has %v samples to test with, want %v", share, n, c, have, want)
				}
			}
			requireParts(t, n, train, test)
		}
	}
}

// Of numbers, it is the share of all.
func TestSplitOfNumbers(t *testing.T) {
	d := weighted(numbered(10))
	d.Y = numberTargets{d.Y.(nn.Labels)}
	train, test, err := d.Split(0.25, 1)
	if err != nil || test.X.Len() != 3 || test.Y.Len() != 3 {
		t.Fatalf("%d samples to test with, error %v", test.X.Len(), err)
	}
	requireParts(t, 10, train, test)
	for i, n := range numbersOf(t, test) {
		if test.Weights[i] != d.Weights[n] {
			t.Errorf("sample %d has weight %v, want %v", n, test.Weights[i], d.Weights[n])
		}
	}
}

// numberTargets are labels that are not nn.Labels.
type numberTargets struct{ nn.Labels }

func requireParts(t *testing.T, n int, train, test nn.Dataset) {
	t.Helper()
	a, b := numbersOf(t, train), numbersOf(t, test)
	if !slices.IsSorted(a) || !slices.IsSorted(b) {
		t.Errorf("parts %d and %d are not in order", a, b)
	}
	all := slices.Sorted(slices.Values(append(a, b...)))
	if len(all) != n || slices.Compact(all)[n-1] != n-1 {
		t.Errorf("parts %d and %d are not %d samples", a, b, n)
	}
}

func TestSplitDependsOnTheSeed(t *testing.T) {
	split := func(seed uint64) string {
		_, test, err := numbered(100).Split(0.3, seed)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(numbersOf(t, test))
	}
	if split(1) != split(1) || split(1) == split(2) {
		t.Errorf("seed 1: %s and %s; seed 2: %s", split(1), split(1), split(2))
	}
}

func TestSplitOfASplit(t *testing.T) {
	train, _, err := numbered(90).Split(0.5, 1)
	if err != nil {
		t.Fatal(err)
	}
	_, validation, err := train.Split(0.2, 2)
	if err != nil || len(validation.Y.(nn.Labels).Of) != 9 {
		t.Errorf("%v, error %v", validation.Y, err)
	}
	numbersOf(t, validation)
}

// Training on a part gives the bits of training on a copy of it, and reading it allocates
// nothing.
func TestTrainingOnASplit(t *testing.T) {
	d := mostlyDark(120, 100, 3)
	train, _, err := d.Split(0.5, 1)
	if err != nil {
		t.Fatal(err)
	}
	if train, _, err = train.Split(0.2, 2); err != nil {
		t.Fatal(err)
	}
	x := d.X.(nn.Bytes)
	rows := make([]int, train.X.Len())
	for i := range rows {
		rows[i] = i
	}
	numbers := kernels.NewMat(len(rows), x.Columns)
	train.X.Gather(kernels.NewCore(kernels.Generic), numbers, rows)
	copied := train
	copied.X = nn.Floats{Mat: numbers}
	var weights []string
	for _, d := range []nn.Dataset{train, copied} {
		m := newModel(t, x.Columns, nn.Dense{Units: 20, Activation: nn.ReLU}, nn.Dense{Units: 3, Activation: nn.Softmax})
		trainer := newTrainer(t, m, nn.Config{BatchSize: 16, Workers: 2})
		if _, err := trainer.Fit(context.Background(), d, nn.FitConfig{Epochs: 2}); err != nil {
			t.Fatal(err)
		}
		requireNoAllocs(t, func() error {
			_, err := trainer.Evaluate(context.Background(), d)
			return err
		})
		weights = append(weights, m.SHA256())
	}
	if weights[0] != weights[1] {
		t.Errorf("weights of a part %s, of a copy %s", weights[0], weights[1])
	}
}

func TestSplitFails(t *testing.T) {
	for _, share := range []float64{-0.1, 1, 1.5} {
		if _, _, err := numbered(9).Split(share, 1); err == nil {
			t.Errorf("%v: no error", share)
		}
	}
	for _, d := range []nn.Dataset{{}, numbered(0), numbered(1)} {
		for _, share := range []float64{0, 0.5, 0.9} {
			if _, _, err := d.Split(share, 1); !errors.Is(err, nn.ErrData) {
				t.Errorf("%v of %+v: error %v", share, d, err)
			}
		}
	}
}

// raised is another table in every epoch: all numbers are higher.
type raised struct{ nn.Floats }

func (r raised) Epoch(n int) nn.Table {
	m := kernels.NewMat(r.Rows, r.Cols)
	for i, x := range r.Data {
		m.Data[i] = x + float32(100*n)
	}
	return nn.Floats{Mat: m}
}

// A part of a table that is another one in every epoch is that, too.
func TestSplitOfEpochs(t *testing.T) {
	d := regression(10, 1, 1)
	d.X = raised{d.X.(nn.Floats)}
	train, _, err := d.Split(0.3, 1)
	if err != nil {
		t.Fatal(err)
	}
	before, then := kernels.NewMat(7, 1), kernels.NewMat(7, 1)
	rows := []int{0, 1, 2, 3, 4, 5, 6}
	train.X.Gather(nil, before, rows)
	train.X.(nn.Epochal).Epoch(2).Gather(nil, then, rows)
	for i, x := range before.Data {
		if then.Data[i] != x+200 {
			t.Errorf("row %d: %v in epoch 2, %v as it is", i, then.Data[i], x)
		}
	}
}
