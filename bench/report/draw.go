package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colors can be told apart by the colour-blind (M. Okabe, K. Ito, 2008), and most
// of them in print; marks and dashes differ, too.
var colors = []color.Color{
	color.RGBA{0, 114, 178, 255}, color.RGBA{230, 159, 0, 255}, color.RGBA{0, 158, 115, 255}, color.RGBA{213, 94, 0, 255},
	color.RGBA{204, 121, 167, 255}, color.RGBA{86, 180, 233, 255}, color.RGBA{60, 60, 60, 255}, color.RGBA{240, 228, 66, 255},
	color.RGBA{190, 190, 190, 255},
}

var marks = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{},
}

var grid = color.Gray{225}

// A drawing is a figure that was drawn.
type drawing struct {
	figure
	svg, png []byte
}

func (f figure) draw() (d drawing, err error) {
	p := plot.New()
	p.Title.Text = f.title
	p.Title.TextStyle.Font = sans(13)
	p.Title.Padding = 8
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font, a.Tick.Label.Font = sans(11), sans(10)
	}
	p.Legend.TextStyle.Font = sans(10)
	p.Legend.Padding = 2
	width, height := vg.Length(680), vg.Length(400)
	switch f.kind {
	case dots:
		err = f.drawDots(p)
	case curves:
		err = f.drawCurves(p)
	default:
		height, err = f.drawBars(p)
	}
	if err != nil {
		return d, err
	}
	d.figure = f
	if d.svg, err = render(p, width, height, "svg"); err != nil {
		return d, err
	}
	d.png, err = render(p, width, height, "png")
	return d, err
}

func sans(size vg.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

func render(p *plot.Plot, width, height vg.Length, format string) ([]byte, error) {
	w, err := p.WriterTo(width, height, format)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = w.WriteTo(&b)
	return bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:"+families)), err
}

// families are fonts as wide as the one that pictures are laid out with.
const families = "Liberation Sans,Arial,Helvetica,sans-serif"

// values are the points of a series: x is the place of the label.
func (f figure) values(series string) (xys plotter.XYs) {
	for i, label := range f.labels() {
		for _, p := range f.points {
			if p.label == label && p.series == series {
				xys = append(xys, plotter.XY{X: float64(i), Y: p.value})
			}
		}
	}
	return xys
}

// addGrid adds lines across the values.
func addGrid(p *plot.Plot, horizontal bool) {
	g := plotter.NewGrid()
	g.Vertical.Color, g.Horizontal.Color = nil, grid
	if !horizontal {
		g.Vertical.Color, g.Horizontal.Color = grid, nil
	}
	p.Add(g)
}

func (f figure) drawDots(p *plot.Plot) error {
	addGrid(p, true)
	for i, series := range f.series() {
		s, err := plotter.NewScatter(f.values(series))
		if err != nil {
			return err
		}
		s.GlyphStyle = draw.GlyphStyle{Color: colors[i%len(colors)], Shape: marks[i%len(marks)], Radius: 3.2}
		p.Add(s)
		p.Legend.Add(series, s)
	}
	if f.limit > 0 {
		line, err := plotter.NewLine(plotter.XYs{{X: -0.5, Y: f.limit}, {X: float64(len(f.labels())) - 0.5, Y: f.limit}})
		if err != nil {
			return err
		}
		line.Width, line.Dashes = 1.2, []vg.Length{5, 3}
		p.Add(line)
		p.Legend.Add(f.limits, line)
	}
	p.NominalX(f.labels()...)
	p.X.Tick.Label.Rotation, p.X.Tick.Label.XAlign, p.X.Tick.Label.YAlign = math.Pi/3, draw.XRight, draw.YCenter
	p.X.Label.Text, p.Y.Label.Text = "m×k×n", f.axis
	p.Y.Min = 0
	p.Y.Max *= 1.05
	p.Legend.Top, p.Legend.Left = true, true
	p.Y.Max *= 1 + 0.07*float64(len(f.series())+1) // room for the legend
	return nil
}

func (f figure) drawCurves(p *plot.Plot) error {
	addGrid(p, true)
	for i, series := range f.series() {
		line, points, err := plotter.NewLinePoints(f.values(series))
		if err != nil {
			return err
		}
		line.Color, line.Width = colors[i%len(colors)], 1.5
		points.GlyphStyle = draw.GlyphStyle{Color: colors[i%len(colors)], Shape: marks[i%len(marks)], Radius: 3.5}
		p.Add(line, points)
		p.Legend.Add(series, line, points)
	}
	p.NominalX(f.labels()...)
	p.Y.Label.Text = f.axis
	p.Y.Min = 0
	p.Legend.Top, p.Legend.Left = true, true
	p.Y.Max *= 1 + 0.07*float64(len(f.series())+1)
	return nil
}

// drawBars draws horizontal bars, the first label at the bottom, and returns the
// height that they need.
func (f figure) drawBars(p *plot.Plot) (height vg.Length, err error) {
	addGrid(p, false)
	labels, series := f.labels(), f.series()
	width := vg.Length(14)
	perLabel := 1
	if f.kind == bars {
		perLabel = len(series)
	}
	var below *plotter.BarChart
	for i, s := range series {
		values := make(plotter.Values, len(labels))
		for _, v := range f.values(s) {
			values[int(v.X)] = v.Y
		}
		b, err := plotter.NewBarChart(values, width)
		if err != nil {
			return 0, err
		}
		b.Horizontal, b.Color, b.LineStyle.Width = true, colors[i%len(colors)], 0
		if f.kind == stacked {
			b.LineStyle = draw.LineStyle{Color: color.White, Width: 1} // tells parts apart in print
			if below != nil {
				b.StackOn(below)
			}
			below = b
		} else {
			b.Offset = width * (vg.Length(len(series)-1)/2 - vg.Length(i))
		}
		p.Add(b)
		if len(series) > 1 {
			p.Legend.Add(s, b)
		}
	}
	if f.kind == bars {
		if err := f.writeValues(p, series, width); err != nil {
			return 0, err
		}
	}
	p.NominalY(labels...)
	p.X.Label.Text = f.axis
	p.X.Min = 0
	p.X.Max *= 1.1
	p.Legend.Top, p.Legend.XOffs = true, -4
	p.Legend.YOffs = -4
	if len(series) > 1 {
		p.Y.Max += float64(len(series)) * 16 / float64(width) / float64(perLabel+1) // room for the legend
	}
	return vg.Length(float64(len(labels)*(perLabel+1))*float64(width)*0.75) + 110 + vg.Length(16*len(series)), nil
}

// writeValues writes each value at the end of its bar.
func (f figure) writeValues(p *plot.Plot, series []string, width vg.Length) error {
	for i, s := range series {
		values := f.values(s)
		for j := range values {
			values[j].X, values[j].Y = values[j].Y, values[j].X
		}
		texts := make([]string, len(values))
		for j, v := range values {
			texts[j] = fmt.Sprintf("%.3g", v.X)
		}
		l, err := plotter.NewLabels(plotter.XYLabels{XYs: values, Labels: texts})
		if err != nil {
			return err
		}
		for j := range l.TextStyle {
			l.TextStyle[j].Font = sans(9)
			l.TextStyle[j].YAlign = draw.YCenter
		}
		l.Offset = vg.Point{X: 3, Y: width * (vg.Length(len(series)-1)/2 - vg.Length(i))}
		p.Add(l)
	}
	return nil
}
