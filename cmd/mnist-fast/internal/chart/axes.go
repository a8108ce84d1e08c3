package chart

import (
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
)

// plot builds the plot of the library, with its legend.
func (c Chart) plot() (*plot.Plot, error) {
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.Title, c.X, c.Y
	c.style(p)
	for i, l := range c.Lines {
		l = c.finite(l)
		if l.Len() == 0 {
			p.Legend.Add(l.Name + ": not shown")
			continue
		}
		if err := c.addLine(p, i, l); err != nil {
			return nil, err
		}
	}
	p.X.Tick.Marker = plot.TickerFunc(wholeTicks)
	if !(p.X.Min <= p.X.Max) {
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 1, 10 // axes without a line
	}
	if c.Log {
		p.Y.Scale = plot.LogScale{}
		p.Y.Tick.Marker = plot.TickerFunc(logTicks)
		p.Y.Min, p.Y.Max = logBounds(p.Y.Min, p.Y.Max)
	}
	return p, nil
}

// wholeTicks marks whole numbers: 1, 2 or 5 times a power of ten apart.
func wholeTicks(low, high float64) []plot.Tick {
	const most = 11
	step := 1.0
	for i := 0; (high-low)/step > most-1; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	var ticks []plot.Tick
	for x := math.Ceil(low/step) * step; x <= high; x += step {
		ticks = append(ticks, plot.Tick{Value: x, Label: strconv.FormatFloat(x, 'f', -1, 64)})
	}
	return ticks
}

// logTicks labels 1, 2 and 5 times powers of ten.
func logTicks(low, high float64) []plot.Tick {
	const rounding = 1e-9
	return slices.DeleteFunc(decades(low, high), func(t plot.Tick) bool {
		return t.Value < low*(1-rounding) || t.Value > high*(1+rounding)
	})
}

// logBounds widens a range to such numbers.
func logBounds(low, high float64) (from, to float64) {
	for _, t := range decades(low, high) {
		if t.Value <= low {
			from = t.Value
		}
		if to = t.Value; to >= high && to > from {
			break
		}
	}
	return from, to
}

// decades are the ticks of all powers of ten from below low to above high.
func decades(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Floor(math.Log10(low)); decade <= math.Ceil(math.Log10(high)); decade++ {
		for _, step := range []float64{1, 2, 5} {
			value := step * math.Pow(10, decade)
			ticks = append(ticks, plot.Tick{Value: value, Label: strconv.FormatFloat(value, 'g', 3, 64)})
		}
	}
	return ticks
}
