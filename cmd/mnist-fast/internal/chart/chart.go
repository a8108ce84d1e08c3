// Package chart draws curves of training: lines over epochs, told apart by
// colour, dashes and marks, so that neither the colour-blind nor a printer
// without colours loses one.
package chart

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Chart is a picture of lines.
type Chart struct {
	Title, X, Y   string // labels, with their units
	Lines         []Line
	Log           bool    // a logarithmic Y axis; leaves out what is not above 0
	Top           float64 // leaves out what is above it; 0: nothing
	Width, Height float64
	Theme         Theme
}

// A Line is a curve of points (X[i], Y[i]). Points that are no numbers are left
// out.
type Line struct {
	Name string
	X, Y []float64
}

// Formats are the endings of files that WriteFormat knows.
var Formats = []string{"png", "svg"}

// Format returns the format that the ending of a file's name stands for.
func Format(name string) (string, error) {
	format := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	if !slices.Contains(Formats, format) {
		return "", fmt.Errorf("want a name that ends in .%s", strings.Join(Formats, " or ."))
	}
	return format, nil
}

// WriteFormat writes the chart in one of the formats.
func (c Chart) WriteFormat(w io.Writer, format string) error {
	if format == "svg" {
		return c.WriteSVG(w)
	}
	return c.WritePNG(w)
}

// resolution of PNG pictures, in points per inch: two pixels for each of a
// usual screen.
const resolution = 192

// WritePNG writes the chart as a PNG picture.
func (c Chart) WritePNG(w io.Writer) error {
	img := vgimg.NewWith(vgimg.UseWH(c.size()), vgimg.UseDPI(resolution))
	if err := c.draw(draw.New(img)); err != nil {
		return err
	}
	_, err := vgimg.PngCanvas{Canvas: img}.WriteTo(w)
	return err
}

// WriteSVG writes the chart as an SVG picture.
func (c Chart) WriteSVG(w io.Writer) error {
	svg := vgsvg.New(c.size())
	if err := c.draw(draw.New(svg)); err != nil {
		return err
	}
	var text strings.Builder
	if _, err := svg.WriteTo(&text); err != nil {
		return err
	}
	// Where the font of the library is missing, one of the same widths will do.
	const family = "font-family:Liberation Sans"
	_, err := io.WriteString(w, strings.ReplaceAll(text.String(), family, family+",Arimo,Arial,Helvetica,sans-serif"))
	return err
}

// size is the size in the library's unit; Width and Height are CSS pixels.
func (c Chart) size() (width, height vg.Length) {
	return vg.Length(c.Width) * vg.Inch / 96, vg.Length(c.Height) * vg.Inch / 96
}

// draw draws the chart, with the legend to the right of it.
func (c Chart) draw(canvas draw.Canvas) error {
	p, err := c.plot()
	if err != nil {
		return err
	}
	canvas = draw.Crop(canvas, margin, -margin, margin, -margin)
	legend := p.Legend
	p.Legend = plot.NewLegend()
	below := p.Title.TextStyle.FontExtents().Height + p.Title.Padding // of the title
	width := legend.Rectangle(canvas).Size().X * slack
	p.Draw(draw.Crop(canvas, 0, -width-2*margin, 0, 0))
	legend.Draw(draw.Crop(canvas, canvas.Size().X-width, 0, 0, -below))
	return nil
}

// margin is around all; slack is for viewers whose fonts are wider than ours.
const (
	margin = vg.Length(6)
	slack  = 1.1
)

// finite returns the points of a line that can be drawn.
func (c Chart) finite(l Line) Line {
	kept := Line{Name: l.Name}
	for i, y := range l.Y {
		if math.IsNaN(y) || math.IsInf(y, 0) || c.Log && y <= 0 || c.Top > 0 && y > c.Top {
			continue
		}
		kept.X, kept.Y = append(kept.X, l.X[i]), append(kept.Y, y)
	}
	return kept
}

// Len and XY make a Line a plotter.XYer.
func (l Line) Len() int                { return len(l.Y) }
func (l Line) XY(i int) (x, y float64) { return l.X[i], l.Y[i] }
