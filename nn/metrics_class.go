package nn

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A ClassificationReport says what a classifier gets right. It counts: it can
// be made from batches in any order. The class of a row of targets is the place
// of the largest, and so is the prediction; of a model with a single output,
// which has the classes 0 and 1, it is whether the number is above ½. An output
// that is NaN is no prediction.
//
// A share of nothing, such as the precision of a class that is never predicted,
// is 0.
type ClassificationReport struct {
	// Confusion[i][j] is how many samples of class i were predicted to be of j.
	Confusion [][]int
	// Unanswered[i] is how many samples of class i had no prediction.
	Unanswered []int
	// Ranks[r] is how many samples had their class in place r of the outputs,
	// from the largest on, the first of equals before the others.
	Ranks []int
	// Samples is how many there were; those without a class are in nothing else.
	Samples int
}

// A ClassScore says how well one class is told from the others.
type ClassScore struct {
	Precision float64 // share of the samples predicted to be of the class that are
	Recall    float64 // share of the samples of the class that are found
	F1        float64 // 2·Precision·Recall/(Precision+Recall)
	Support   int     // samples of the class
}

// NewClassificationReport returns an empty report for a number of classes.
func NewClassificationReport(classes int) *ClassificationReport {
	r := &ClassificationReport{Unanswered: make([]int, classes), Ranks: make([]int, classes)}
	for range classes {
		r.Confusion = append(r.Confusion, make([]int, classes))
	}
	return r
}

// ClassificationReport makes a report of the model's predictions. Of c, it looks
// at Workers and Tier. When ctx is done first, it returns the context's error.
func (m *Sequential) ClassificationReport(ctx context.Context, d Dataset, c Config) (*ClassificationReport, error) {
	s, err := m.survey(d, c, m.outputActivation() == Softmax) // which may make unequal numbers equal
	if err != nil {
		return nil, err
	}
	defer s.team.Close()
	parts := make([]*ClassificationReport, s.team.Workers())
	for rank := range parts {
		parts[rank] = NewClassificationReport(max(2, m.Outputs()))
	}
	count := func(rank int, _ *kernels.Core) {
		f := s.flows[rank]
		parts[rank].add(f.output(), f.targets.mat(f.rows))
	}
	if err := s.each(ctx, d, 0, d.X.Len(), count, func(int) {}); err != nil {
		return nil, err
	}
	for _, p := range parts[1:] {
		if err := parts[0].Merge(p); err != nil {
			return nil, err
		}
	}
	return parts[0], nil
}

// Classes returns the number of classes.
func (r *ClassificationReport) Classes() int { return len(r.Ranks) }

// Add counts a batch of predictions, a row for each sample, and their targets.
// It fails if they do not fit.
func (r *ClassificationReport) Add(predictions, targets kernels.Mat) error {
	if err := checkPair(predictions, targets); err != nil {
		return err
	}
	if max(2, predictions.Cols) != r.Classes() {
		return fmt.Errorf("%w: predictions of %d numbers for %d classes", ErrData, predictions.Cols, r.Classes())
	}
	r.add(predictions, targets)
	return nil
}

func (r *ClassificationReport) add(predictions, targets kernels.Mat) {
	for i := range predictions.Rows {
		y, t := predictions.Row(i), targets.Row(i)
		r.Samples++
		class, found, rank := classOf(t), classOf(y), 0
		if class < 0 {
			continue
		}
		switch {
		case found < 0:
			r.Unanswered[class]++
			continue
		case len(y) > 1:
			rank = rankOf(y, class)
		case found != class:
			rank = 1
		}
		r.Confusion[class][found]++
		if rank >= 0 {
			r.Ranks[rank]++
		}
	}
}

// classOf is the class that a row stands for, or -1.
func classOf(row []float32) int {
	if len(row) != 1 {
		return Argmax(row)
	}
	switch x := row[0]; {
	case x > 0.5:
		return 1
	case x == x:
		return 0
	}
	return -1
}

// rankOf is how many numbers come before the one at i, or -1 if that is NaN.
func rankOf(xs []float32, i int) int {
	rank := 0
	for j, x := range xs {
		if x > xs[i] || x == xs[i] && j < i {
			rank++
		}
	}
	if xs[i] != xs[i] {
		return -1
	}
	return rank
}

// Merge adds what another report has counted. It fails if it has other classes.
func (r *ClassificationReport) Merge(other *ClassificationReport) error {
	if r.Classes() != other.Classes() {
		return fmt.Errorf("%w: reports of %d and %d classes", ErrData, r.Classes(), other.Classes())
	}
	for i := range r.Confusion {
		for j, n := range other.Confusion[i] {
			r.Confusion[i][j] += n
		}
		r.Unanswered[i] += other.Unanswered[i]
		r.Ranks[i] += other.Ranks[i]
	}
	r.Samples += other.Samples
	return nil
}

// Accuracy returns the share of samples whose prediction is right.
func (r *ClassificationReport) Accuracy() float64 {
	right := 0
	for i := range r.Confusion {
		right += r.Confusion[i][i]
	}
	return share(right, r.Samples)
}

// TopK returns the share of samples whose class is among the k largest outputs.
func (r *ClassificationReport) TopK(k int) float64 {
	found := 0
	for _, n := range r.Ranks[:max(0, min(k, len(r.Ranks)))] {
		found += n
	}
	return share(found, r.Samples)
}

// Class returns the score of a class.
func (r *ClassificationReport) Class(class int) ClassScore {
	right, predicted, support := r.Confusion[class][class], 0, r.Unanswered[class]
	for i := range r.Confusion {
		predicted += r.Confusion[i][class]
		support += r.Confusion[class][i]
	}
	return ClassScore{
		Precision: share(right, predicted),
		Recall:    share(right, support),
		F1:        share(2*right, predicted+support),
		Support:   support,
	}
}

// Macro returns the mean of the scores of all classes, each counted alike, and
// the sum of their supports.
func (r *ClassificationReport) Macro() ClassScore {
	return r.mean(func(ClassScore) float64 { return 1 })
}

// Weighted returns the mean of the scores of all classes, each counted as often
// as it has samples, and the sum of their supports.
func (r *ClassificationReport) Weighted() ClassScore {
	return r.mean(func(s ClassScore) float64 { return float64(s.Support) })
}

func (r *ClassificationReport) mean(weight func(ClassScore) float64) ClassScore {
	var sum ClassScore
	total := 0.0
	for i := range r.Confusion {
		s := r.Class(i)
		w := weight(s)
		sum.Precision += float64(w * s.Precision)
		sum.Recall += float64(w * s.Recall)
		sum.F1 += float64(w * s.F1)
		sum.Support += s.Support
		total += w
	}
	if total > 0 {
		sum.Precision /= total
		sum.Recall /= total
		sum.F1 /= total
	}
	return sum
}

// share is a/b, or 0 if there is nothing to share.
func share(a, b int) float64 { return float64(a) / float64(max(1, b)) }

// String returns the scores as a table.
func (r *ClassificationReport) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(name string, s ClassScore) {
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%d\t\n", name, s.Precision, s.Recall, s.F1, s.Support)
	}
	fmt.Fprintln(w, "class\tprecision\trecall\tf1\tsupport\t")
	for i := range r.Confusion {
		row(strconv.Itoa(i), r.Class(i))
	}
	row("macro", r.Macro())
	row("weighted", r.Weighted())
	fmt.Fprintf(w, "accuracy\t\t\t%.4f\t%d\t\n", r.Accuracy(), r.Samples)
	w.Flush()
	return b.String()
}
