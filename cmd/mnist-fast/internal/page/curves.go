package page

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/chart"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A picture is drawn twice, for light and for dark pages.
type picture struct {
	Light template.URL
	Dark  template.Srcset
	Alt   string
}

// curves draws the loss and the accuracy by epoch.
func curves(h nn.History) ([]picture, error) {
	if len(h) == 0 {
		return nil, nil
	}
	var pictures []picture
	for _, c := range []struct {
		title, unit string
		of          func(nn.Metrics) float64
	}{
		{"Loss", "loss", func(m nn.Metrics) float64 { return m.Loss }},
		{"Accuracy", "accuracy (%)", func(m nn.Metrics) float64 { return 100 * m.Accuracy }},
	} {
		p, err := newPicture(chart.Chart{
			Title: c.title, X: "epoch", Y: c.unit, Lines: lines(h, c.of), Width: 480, Height: 320,
		})
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, p)
	}
	return pictures, nil
}

// lines are the curves of the training data and, if there are any, of the
// validation data.
func lines(h nn.History, of func(nn.Metrics) float64) []chart.Line {
	training, validation := chart.Line{Name: "training"}, chart.Line{Name: "validation"}
	for _, e := range h {
		training.X, training.Y = append(training.X, float64(e.Epoch)), append(training.Y, of(e.Metrics))
		if e.Validation != nil {
			validation.X, validation.Y = append(validation.X, float64(e.Epoch)), append(validation.Y, of(*e.Validation))
		}
	}
	if validation.Len() == 0 {
		return []chart.Line{training}
	}
	return []chart.Line{training, validation}
}

func newPicture(c chart.Chart) (picture, error) {
	var light, dark bytes.Buffer
	c.Theme = chart.Light
	if err := c.WriteSVG(&light); err != nil {
		return picture{}, err
	}
	c.Theme = chart.Dark
	if err := c.WriteSVG(&dark); err != nil {
		return picture{}, err
	}
	const kind = "image/svg+xml"
	return picture{dataURL(kind, light.Bytes()), template.Srcset(dataURL(kind, dark.Bytes())), describe(c)}, nil
}

// describe tells where the lines of a chart begin and end.
func describe(c chart.Chart) string {
	text := fmt.Sprintf("Chart of the %s by %s", c.Y, c.X)
	for _, l := range c.Lines {
		last := l.Len() - 1
		text += fmt.Sprintf("; %s: %.4g after %s %v, %.4g after %s %v", l.Name, l.Y[0], c.X, l.X[0], l.Y[last], c.X, l.X[last])
	}
	return text
}
