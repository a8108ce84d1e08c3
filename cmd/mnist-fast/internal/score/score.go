// Package score counts what a classifier gets right and wrong.
package score

import (
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A Report is how a classifier did on some samples.
type Report struct {
	Confusion [][]int   // samples by true class (row) and predicted one (column)
	TopK      []float64 // TopK[k-1]: share of samples whose class is among the k most likely
	Classes   []Class
}

// A Class is how well one class is told from the others. Of what was never
// predicted the precision is 0, of what never occurs the recall.
type Class struct {
	Precision float64 // share of right ones among those predicted as this class
	Recall    float64 // share of right ones among those of this class
	F1        float64 // harmonic mean of both
	Samples   int     // of this class
}

// New compares a row of outputs for each sample with the sample's class, which
// must be below the number of outputs. A row without a number is wrong, and in
// no column of the confusion matrix.
func New(outputs kernels.Mat, labels []uint8) Report {
	classes := outputs.Cols
	r := Report{TopK: make([]float64, classes), Classes: make([]Class, classes), Confusion: make([][]int, classes)}
	for i := range r.Confusion {
		r.Confusion[i] = make([]int, classes)
	}
	for i, label := range labels {
		row := outputs.Row(i)
		r.Classes[label].Samples++
		if at := nn.Argmax(row); at >= 0 {
			r.Confusion[label][at]++
		}
		for k := rank(row, int(label)); k < classes; k++ {
			r.TopK[k] += 1 / float64(len(labels))
		}
	}
	for i := range r.Classes {
		r.Classes[i].rate(r.Confusion, i)
	}
	return r
}

// rank counts the outputs that come before that of a class: larger ones, and
// equal ones of lower classes. It is too large if the output is no number.
func rank(row []float32, class int) int {
	n := 0
	for i, x := range row {
		if !(x < row[class]) && !(x == row[class] && i >= class) {
			n++
		}
	}
	return n
}

// rate sets the rates of class i.
func (c *Class) rate(confusion [][]int, i int) {
	predicted, right := 0, confusion[i][i]
	for _, row := range confusion {
		predicted += row[i]
	}
	if right == 0 {
		return
	}
	c.Precision = float64(right) / float64(predicted)
	c.Recall = float64(right) / float64(c.Samples)
	c.F1 = 2 * c.Precision * c.Recall / (c.Precision + c.Recall)
}

// Mean averages over the classes that occur, each of the same weight.
func (r Report) Mean() Class {
	var mean Class
	n := 0.0
	for _, c := range r.Classes {
		if c.Samples > 0 {
			n++
			mean.Precision += c.Precision
			mean.Recall += c.Recall
			mean.F1 += c.F1
			mean.Samples += c.Samples
		}
	}
	if n > 0 {
		mean.Precision /= n
		mean.Recall /= n
		mean.F1 /= n
	}
	return mean
}
