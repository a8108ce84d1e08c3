package main

import (
	"fmt"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/page"
	"github.com/mnist-fast/mnist-fast/nn"
)

// An evalReport tells what a model scores.
type evalReport struct {
	Model        string       `json:"model"`
	TestLoss     number       `json:"test_loss"`
	TestAccuracy number       `json:"test_accuracy"`
	TopK         []number     `json:"top_k_accuracy"` // for k from 1
	Images       int          `json:"images"`
	Classes      []classScore `json:"classes"`
	Mean         classScore   `json:"mean_of_classes"`
	Confusion    [][]int      `json:"confusion"` // by true class, then predicted one
	Seconds      number       `json:"seconds"`
	Weights      string       `json:"weights_sha256"`
	Page         string       `json:"report,omitempty"` // the file

	data, layers string
}

// A classScore tells how well a class is recognized.
type classScore struct {
	Images    int    `json:"images"`
	Precision number `json:"precision"`
	Recall    number `json:"recall"`
	F1        number `json:"f1"`
}

func newClassScore(c nn.ClassScore) classScore {
	return classScore{c.Support, number(c.Precision), number(c.Recall), number(c.F1)}
}

func (r *evalReport) add(s *nn.ClassificationReport) {
	for i := range s.Classes() {
		r.Classes = append(r.Classes, newClassScore(s.Class(i)))
		r.TopK = append(r.TopK, number(s.TopK(i+1)))
	}
	r.Mean, r.Confusion = newClassScore(s.Macro()), s.Confusion
}

// facts are what the report begins with.
func (r evalReport) facts() []page.Fact {
	facts := []page.Fact{
		{Name: "model", Value: r.layers},
		{Name: "data", Value: fmt.Sprintf("%s: %d test images", r.data, r.Images)},
		{Name: "test", Value: fmt.Sprintf("loss %.4f, accuracy %s", r.TestLoss, r.TestAccuracy.percent())},
	}
	if top := topK(r.TopK); top != "" {
		facts = append(facts, page.Fact{Name: "top-k", Value: top})
	}
	return append(facts, page.Fact{Name: "weights", Value: "SHA-256 " + r.Weights})
}

// topK tells how often the right class is among the few most likely ones.
func topK(shares []number) string {
	text := ""
	for _, k := range []int{2, 3, 5} {
		if k < len(shares) {
			text += fmt.Sprintf(", k=%d: %s", k, shares[k-1].percent())
		}
	}
	return strings.TrimPrefix(text, ", ")
}

func (r evalReport) text() string {
	var out table
	out.facts(r.facts())
	out.row("time", "%.3f s", r.Seconds)
	out.WriteString(r.classTable() + r.confusionTable())
	if r.Page != "" {
		out.WriteString("\n")
		out.row("report", "%s", r.Page)
	}
	return out.String()
}

func (r evalReport) classTable() string {
	text := fmt.Sprintf("\n%5s %7s %10s %10s %10s\n", "class", "images", "precision", "recall", "F1")
	row := func(name string, c classScore) {
		text += fmt.Sprintf("%5s %7d %10s %10s %10s\n", name, c.Images, c.Precision.percent(), c.Recall.percent(), c.F1.percent())
	}
	for i, c := range r.Classes {
		row(fmt.Sprint(i), c)
	}
	row("mean", r.Mean)
	return text
}

// maxColumns is how many classes fit into 80 columns.
const maxColumns = 14

func (r evalReport) confusionTable() string {
	if len(r.Confusion) > maxColumns {
		return fmt.Sprintf("\nThe confusion matrix of %d classes is too wide: -report or -json shows it.\n", len(r.Confusion))
	}
	text := "\nconfusion: a row for each true class, a column for each predicted one\n     "
	for i := range r.Confusion {
		text += fmt.Sprintf(" %4d", i)
	}
	for i, row := range r.Confusion {
		text += fmt.Sprintf("\n%5d", i)
		for _, n := range row {
			text += fmt.Sprintf(" %4d", n)
		}
	}
	return text + "\n"
}
