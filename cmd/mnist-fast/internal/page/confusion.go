package page

import (
	"fmt"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A confusionRow is a row of the confusion matrix.
type confusionRow struct {
	Class int
	Cells []cell
}

// A cell has a style: right, or how often it is wrong.
type cell struct {
	Count int
	Style string
}

// confusionRows gives every cell its style.
func confusionRows(r *nn.ClassificationReport) []confusionRow {
	var rows []confusionRow
	for class, counts := range r.Confusion {
		row := confusionRow{Class: class}
		for predicted, n := range counts {
			style := wrongStyle(n, r.Class(class).Support)
			if predicted == class {
				style = "right"
			}
			row.Cells = append(row.Cells, cell{n, style})
		}
		rows = append(rows, row)
	}
	return rows
}

// wrongStyle is none, few, some or many, for n of the samples.
func wrongStyle(n, samples int) string {
	switch share := float64(n) / float64(max(samples, 1)); {
	case n == 0:
		return "none"
	case share < 0.005:
		return "few"
	case share < 0.02:
		return "some"
	}
	return "many"
}

// A confusion is a pair of classes of which one was taken for the other.
type confusion struct{ Count, Class, Taken int }

// mostConfused returns the most frequent confusions.
func mostConfused(r *nn.ClassificationReport) []confusion {
	const most = 5
	var all []confusion
	for class, counts := range r.Confusion {
		for taken, n := range counts {
			if n > 0 && taken != class {
				all = append(all, confusion{n, class, taken})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b confusion) int { return b.Count - a.Count })
	return all[:min(most, len(all))]
}

// percent shows a share; small ones with more digits.
func percent(share float64) string {
	if share < 0.001 {
		return fmt.Sprintf("%.1g %%", 100*share)
	}
	return fmt.Sprintf("%.1f %%", 100*share)
}
