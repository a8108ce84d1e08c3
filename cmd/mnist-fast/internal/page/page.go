// Package page writes a report of a model as one HTML file that needs nothing
// else: no network, no scripts.
package page

import (
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// A Page is what a report is about.
type Page struct {
	Facts   []Fact
	History nn.History // may be empty

	Images  mnist.Set
	Outputs kernels.Mat // of the model: a row for each image
	Scores  *nn.ClassificationReport

	Kernel kernels.Mat // of the first layer: inputs × units
}

// A Fact is a line of the summary.
type Fact struct{ Name, Value string }

//go:embed page.html
var source string

var parsed = template.Must(template.New("page").Funcs(template.FuncMap{"percent": percent}).Parse(source))

// A view is what the template shows.
type view struct {
	Page
	Curves    []picture
	Classes   []nn.ClassScore
	Mean      nn.ClassScore
	Confusion []confusionRow
	Confused  []confusion
	Wrong     int
	Gallery   []mistake
	Units     []template.URL
	AllUnits  int
}

// Write writes the page.
func Write(w io.Writer, p Page) error {
	v := view{Page: p, Mean: p.Scores.Macro(), Confusion: confusionRows(p.Scores), Confused: mostConfused(p.Scores)}
	for i := range p.Scores.Classes() {
		v.Classes = append(v.Classes, p.Scores.Class(i))
	}
	var err error
	if v.Curves, err = curves(p.History); err != nil {
		return err
	}
	if v.Wrong, v.Gallery, err = gallery(p); err != nil {
		return err
	}
	if v.Units, err = units(p); err != nil {
		return err
	}
	v.AllUnits = p.Kernel.Cols
	return parsed.Execute(w, v)
}

// dataURL is a file that lies within the page.
func dataURL(kind string, file []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(file))
}
