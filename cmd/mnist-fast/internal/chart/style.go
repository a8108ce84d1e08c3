package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Theme is the colours of paper, of text and axes, and of the grid.
type Theme struct {
	Paper, Ink, Grid color.Color // no Paper: transparent
}

// The themes: for paper, and for pages that are light or dark.
var (
	Paper = Theme{Paper: color.White, Ink: color.Gray{0x20}, Grid: color.Gray{0xdd}}
	Light = Theme{Ink: color.Gray{0x20}, Grid: color.Gray{0xdd}}
	Dark  = Theme{Ink: color.Gray{0xe8}, Grid: color.Gray{0x48}}
)

// colors are those of M. Okabe and K. Ito (Color Universal Design, 2008)
// without yellow, which is too light for a line on paper. The ink is one more.
var colors = []color.Color{
	color.RGBA{0x00, 0x72, 0xb2, 0xff}, // blue
	color.RGBA{0xd5, 0x5e, 0x00, 0xff}, // vermilion
	color.RGBA{0x00, 0x9e, 0x73, 0xff}, // green
	color.RGBA{0xcc, 0x79, 0xa7, 0xff}, // purple
	color.RGBA{0xe6, 0x9f, 0x00, 0xff}, // orange
	color.RGBA{0x56, 0xb4, 0xe9, 0xff}, // sky
}

var dashes = [][]vg.Length{nil, {6, 2.5}, {1.5, 2}, {6, 2, 1.5, 2}, {10, 3}}

var marks = []draw.GlyphDrawer{
	draw.CircleGlyph{}, draw.SquareGlyph{}, draw.TriangleGlyph{}, draw.RingGlyph{}, draw.BoxGlyph{}, draw.PyramidGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{},
}

// MaxLines returns how many lines look different: the numbers of colours and of
// dashes have no common divisor.
func MaxLines() int { return (len(colors) + 1) * len(dashes) }

// maxMarks is how many points of a line are marked before it becomes a caterpillar.
const maxMarks = 20

// addLine adds line i, if it has points, and its entry in the legend.
func (c Chart) addLine(p *plot.Plot, i int, l Line) error {
	line, points, err := plotter.NewLinePoints(l)
	if err != nil {
		return err
	}
	ink := append(colors[:len(colors):len(colors)], c.Theme.Ink)[i%(len(colors)+1)]
	line.LineStyle = draw.LineStyle{Color: ink, Width: 1.5, Dashes: dashes[i%len(dashes)]}
	points.GlyphStyle = draw.GlyphStyle{Color: ink, Radius: 2.2, Shape: marks[i%len(marks)]}
	if l.Len() > maxMarks {
		p.Add(line)
		p.Legend.Add(l.Name, line)
		return nil
	}
	p.Add(line, points)
	p.Legend.Add(l.Name, line, points)
	return nil
}

// style gives the plot the colours of the theme and sizes that can be read.
func (c Chart) style(p *plot.Plot) {
	const small, large = vg.Length(10.5), vg.Length(12)
	set := func(s *text.Style, size vg.Length) { s.Color, s.Font.Variant, s.Font.Size = c.Theme.Ink, "Sans", size }
	p.BackgroundColor = c.Theme.Paper
	set(&p.Title.TextStyle, large)
	p.Title.Padding = margin
	set(&p.Legend.TextStyle, small)
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.ThumbnailWidth, p.Legend.Padding = 28, 3
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Tick.Color = c.Theme.Ink, c.Theme.Ink
		axis.Label.Padding = 4
		set(&axis.Label.TextStyle, small)
		set(&axis.Tick.Label, small)
	}
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = c.Theme.Grid, c.Theme.Grid
	grid.Vertical.Width, grid.Horizontal.Width = 0.5, 0.5
	p.Add(grid)
}
