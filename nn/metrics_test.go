package nn_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// oneHot has a row for each class; -1 is a row of NaN.
func oneHot(classes int, of ...int) kernels.Mat {
	m := kernels.NewMat(len(of), classes)
	for i, c := range of {
		if c >= 0 {
			m.Set(i, c, 1)
			continue
		}
		for j := range classes {
			m.Set(i, j, float32(math.NaN()))
		}
	}
	return m
}

func classification(t *testing.T, classes int, predictions, targets kernels.Mat) *nn.ClassificationReport {
	t.Helper()
	r := nn.NewClassificationReport(classes)
	if err := r.Add(predictions, targets); err != nil {
		t.Fatal(err)
	}
	return r
}

func requireNear(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-12) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func requireScore(t *testing.T, what string, got, want nn.ClassScore) {
	t.Helper()
	requireNear(t, what+": precision", got.Precision, want.Precision)
	requireNear(t, what+": recall", got.Recall, want.Recall)
	requireNear(t, what+": F1", got.F1, want.F1)
	if got.Support != want.Support {
		t.Errorf("%s: support %d, want %d", what, got.Support, want.Support)
	}
}

// Worked out by hand; class 2 is never predicted, class 3 never there.
func TestClassificationReport(t *testing.T) {
	r := classification(t, 4, oneHot(4, 0, 0, 1, 1, 1, 0, 3, -1), oneHot(4, 0, 0, 0, 1, 1, 2, 2, 1))
	want := [][]int{{2, 1, 0, 0}, {0, 2, 0, 0}, {1, 0, 0, 1}, {0, 0, 0, 0}}
	if !reflect.DeepEqual(r.Confusion, want) || !reflect.DeepEqual(r.Unanswered, []int{0, 1, 0, 0}) || r.Samples != 8 {
		t.Errorf("confusion %v, unanswered %v of %d", r.Confusion, r.Unanswered, r.Samples)
	}
	classes := []nn.ClassScore{
		{2. / 3, 2. / 3, 2. / 3, 3},
		{2. / 3, 2. / 3, 2. / 3, 3},
		{0, 0, 0, 2},
		{0, 0, 0, 0},
	}
	for i, want := range classes {
		requireScore(t, fmt.Sprint("class ", i), r.Class(i), want)
	}
	requireScore(t, "macro", r.Macro(), nn.ClassScore{Precision: 1. / 3, Recall: 1. / 3, F1: 1. / 3, Support: 8})
	requireScore(t, "weighted", r.Weighted(), nn.ClassScore{Precision: 0.5, Recall: 0.5, F1: 0.5, Support: 8})
	requireNear(t, "accuracy", r.Accuracy(), 0.5)
}

func TestClassScoresDiffer(t *testing.T) {
	r := classification(t, 2, oneHot(2, 1, 1, 1, 0), oneHot(2, 1, 0, 0, 1))
	requireScore(t, "class 1", r.Class(1), nn.ClassScore{Precision: 1. / 3, Recall: 1. / 2, F1: 0.4, Support: 2})
}

func TestTopK(t *testing.T) {
	nan := float32(math.NaN())
	predictions := kernels.View([]float32{
		0.1, 0.2, 0.7, // 2 before 1 before 0
		0.5, 0.5, 0, // the first of equals
		0.5, 0.5, 0,
		nan, 0.1, 0.2,
		nan, 0.1, 0.2,
	}, 5, 3)
	r := classification(t, 3, predictions, oneHot(3, 0, 0, 1, 1, 0))
	for k, want := range []float64{0, 1. / 5, 3. / 5, 4. / 5, 4. / 5} {
		requireNear(t, fmt.Sprint("top ", k), r.TopK(k), want)
	}
	requireNear(t, "top -1", r.TopK(-1), 0)
	requireNear(t, "accuracy", r.Accuracy(), r.TopK(1))
}

func TestClassificationReportOfOneOutput(t *testing.T) {
	nan := float32(math.NaN())
	r := classification(t, 2, kernels.View([]float32{0.6, 0.4, 0.5, 0.9, nan}, 5, 1), kernels.View([]float32{1, 1, 0, 0, 1}, 5, 1))
	if want := [][]int{{1, 1}, {1, 1}}; !reflect.DeepEqual(r.Confusion, want) || r.Unanswered[1] != 1 {
		t.Errorf("confusion %v, unanswered %v", r.Confusion, r.Unanswered)
	}
	requireNear(t, "accuracy", r.Accuracy(), 0.4)
	requireNear(t, "top 2", r.TopK(2), 0.8)
}

// Nothing divided by nothing is 0.
func TestReportsOfNothing(t *testing.T) {
	c, r := nn.NewClassificationReport(3), nn.NewRegressionReport(2)
	for _, s := range []nn.ClassScore{c.Class(0), c.Macro(), c.Weighted()} {
		requireScore(t, "nothing", s, nn.ClassScore{})
	}
	for _, x := range []float64{c.Accuracy(), c.TopK(2), r.MSE(), r.MAE(), nn.NewRegressionReport(0).R2()} {
		requireNear(t, "nothing", x, 0)
	}
}

// Worked out by hand: errors 1, 0, -1, 2 around targets 1, 2, 3, 6 of mean 3.
func TestRegressionReport(t *testing.T) {
	r := nn.NewRegressionReport(1)
	for _, batch := range [][2][]float32{{{2, 2}, {1, 2}}, {{2, 8}, {3, 6}}} {
		if err := r.Add(kernels.View(batch[0], 2, 1), kernels.View(batch[1], 2, 1)); err != nil {
			t.Fatal(err)
		}
	}
	requireNear(t, "MSE", r.MSE(), 6./4)
	requireNear(t, "MAE", r.MAE(), 1)
	requireNear(t, "R²", r.R2(), 1-6./14)
	if r.Samples != 4 {
		t.Errorf("%d samples", r.Samples)
	}
}

func TestR2OfConstantTargets(t *testing.T) {
	for _, test := range []struct {
		y    []float32
		want float64
	}{
		{[]float32{3, 3}, 1},
		{[]float32{3, 4}, 0},
	} {
		r := nn.NewRegressionReport(1)
		if err := r.Add(kernels.View(test.y, 2, 1), kernels.View([]float32{3, 3}, 2, 1)); err != nil {
			t.Fatal(err)
		}
		requireNear(t, "R²", r.R2(), test.want)
	}
}

// A large mean does not drown what the targets differ by.
func TestR2IsStable(t *testing.T) {
	y, x := kernels.NewMat(1000, 1), kernels.NewMat(1000, 1)
	for i := range 1000 {
		x.Set(i, 0, 1<<23+float32(i%2))
		y.Set(i, 0, 1<<23+0.5)
	}
	y.Data[0] = 1 << 23 // ½ is rounded away here: all are
	r := nn.NewRegressionReport(1)
	if err := r.Add(y, x); err != nil {
		t.Fatal(err)
	}
	requireNear(t, "R²", r.R2(), 1-500./250)
}

// The model's reports agree with its predictions and with Evaluate, and do not
// depend on the workers.
func TestReportsOfModels(t *testing.T) {
	ctx := context.Background()
	classifier, pictures := newModel(t, 23, smallRuns[4].layers...), pictures(1000, 23, 5)
	metrics, err := classifier.Evaluate(ctx, pictures, nn.Config{})
	if err != nil {
		t.Fatal(err)
	}
	want := classification(t, 5, predict(t, classifier, pictures.X), gathered(pictures.Y))
	regressor, numbers := newModel(t, 3, regressor...), regression(1000, 3, 2)
	error2, err := regressor.Evaluate(ctx, numbers, regressorConfig)
	if err != nil {
		t.Fatal(err)
	}
	var first *nn.RegressionReport
	for workers := 1; workers <= 3; workers++ {
		c := nn.Config{Workers: workers}
		report, err := classifier.ClassificationReport(ctx, pictures, c)
		if err != nil || !reflect.DeepEqual(report, want) {
			t.Errorf("%d workers: report %+v (%v), want %+v", workers, report, err, want)
		}
		requireNear(t, "accuracy", report.Accuracy(), metrics.Accuracy)

		numbers, err := regressor.RegressionReport(ctx, numbers, c)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = numbers
		}
		if !reflect.DeepEqual(numbers, first) {
			t.Errorf("%d workers: report %+v, want %+v", workers, numbers, first)
		}
		if math.Abs(numbers.MSE()-error2.Loss) > 1e-6 {
			t.Errorf("MSE %v, want %v", numbers.MSE(), error2.Loss)
		}
	}
	whole := nn.NewRegressionReport(2)
	if err := whole.Add(predict(t, regressor, numbers.X), numbers.Y.(nn.Floats).Mat); err != nil {
		t.Fatal(err)
	}
	requireNear(t, "R²", first.R2(), whole.R2())
	requireNear(t, "MAE", first.MAE(), whole.MAE())
}

// gathered is a table as a matrix.
func gathered(table nn.Table) kernels.Mat {
	m, rows := kernels.NewMat(table.Len(), table.Width()), make([]int, table.Len())
	for i := range rows {
		rows[i] = i
	}
	table.Gather(kernels.NewCore(kernels.Best()), m, rows)
	return m
}

func TestReportsRefuseWhatDoesNotFit(t *testing.T) {
	for _, test := range []struct{ predictions, targets kernels.Mat }{
		{kernels.NewMat(2, 3), kernels.NewMat(3, 3)},
		{kernels.NewMat(2, 3), kernels.NewMat(2, 2)},
		{kernels.NewMat(2, 4), kernels.NewMat(2, 4)},
		{kernels.NewMat(2, 0), kernels.NewMat(2, 0)},
		{kernels.Mat{Rows: 2, Cols: 3, RowStride: 3, ColStride: 1}, kernels.NewMat(2, 3)},
	} {
		if err := nn.NewClassificationReport(3).Add(test.predictions, test.targets); !errors.Is(err, nn.ErrData) {
			t.Errorf("%v, %v: error %v", test.predictions, test.targets, err)
		}
		if err := nn.NewRegressionReport(3).Add(test.predictions, test.targets); !errors.Is(err, nn.ErrData) {
			t.Errorf("%v, %v: error %v", test.predictions, test.targets, err)
		}
	}
	if err := nn.NewClassificationReport(3).Merge(nn.NewClassificationReport(2)); !errors.Is(err, nn.ErrData) {
		t.Errorf("error %v", err)
	}
}

// Everything that may take long heeds its context.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m, data := newModel(t, 23, smallRuns[4].layers...), pictures(100, 23, 5)
	_, evaluateErr := m.Evaluate(ctx, data, nn.Config{})
	_, trainerErr := newTrainer(t, m, nn.Config{}).Evaluate(ctx, data)
	_, classErr := m.ClassificationReport(ctx, data, nn.Config{})
	_, regressErr := m.RegressionReport(ctx, data, nn.Config{})
	for i, err := range []error{evaluateErr, trainerErr, classErr, regressErr, m.Predict(ctx, kernels.NewMat(100, 5), data.X)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%d: error %v", i, err)
		}
	}
}
