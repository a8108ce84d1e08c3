package chart

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"math"
	"strings"
	"testing"
)

func example() Chart {
	nan := math.NaN()
	return Chart{
		Title: "Error <&> rates", X: "epoch", Y: "error (%)", Log: true, Top: 50, Width: 480, Height: 320, Theme: Paper,
		Lines: []Line{
			{"adam", []float64{1, 2, 3}, []float64{3, 2.5, 2.2}},
			{"lost", []float64{1, 2}, []float64{nan, math.Inf(1)}},
			{"perfect in the end", []float64{1, 2}, []float64{50, 0}},
			{"never", nil, nil},
			{"high", []float64{1, 2}, []float64{60, 51}},
		},
	}
}

func TestPNG(t *testing.T) {
	var file bytes.Buffer
	if err := example().WriteFormat(&file, "png"); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	if size := img.Bounds().Size(); size.X != 960 || size.Y != 640 {
		t.Errorf("%v pixels, want 960×640", size)
	}
}

func TestSVG(t *testing.T) {
	var file bytes.Buffer
	if err := example().WriteFormat(&file, "svg"); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	for _, want := range []string{"adam", "lost: not shown", "never: not shown", "high: not shown", "Error &lt;&amp;&gt; rates", "epoch", "error (%)", "sans-serif", ">50<", ">2<"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the picture", want)
		}
	}
	for d := xml.NewDecoder(&file); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNothing draws charts that have nothing to show, and one point.
func TestNothing(t *testing.T) {
	for _, lines := range [][]Line{nil, {{Name: "x"}}, {{"x", []float64{1}, []float64{0}}}, {{"x", []float64{1}, []float64{7}}}} {
		for _, log := range []bool{false, true} {
			c := Chart{Lines: lines, Log: log, Width: 300, Height: 200}
			if err := c.WriteSVG(io.Discard); err != nil {
				t.Errorf("%v, log %v: %v", lines, log, err)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	for name, want := range map[string]string{"a.png": "png", "b/c.SVG": "svg", "": "", "png": "", "a.pdf": "", "a.png.gz": ""} {
		if got, err := Format(name); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

// TestLinesDiffer checks that no two lines have both colour and dashes in common.
func TestLinesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for i := range MaxLines() {
		seen[fmt.Sprint(i%(len(colors)+1), i%len(dashes))] = true
	}
	if len(seen) != MaxLines() {
		t.Errorf("%d of %d lines differ", len(seen), MaxLines())
	}
}

func TestLogBounds(t *testing.T) {
	for _, c := range [][4]float64{{1.7, 24, 1, 50}, {2, 5, 2, 5}, {0.03, 0.4, 0.02, 0.5}, {9, 11, 5, 20}, {3, 3, 2, 5}} {
		if from, to := logBounds(c[0], c[1]); math.Abs(from-c[2]) > 1e-9 || math.Abs(to-c[3]) > 1e-9 {
			t.Errorf("%v to %v: %v to %v, want %v to %v", c[0], c[1], from, to, c[2], c[3])
		}
	}
}

func TestWholeTicks(t *testing.T) {
	for high, want := range map[float64]string{10: "1 2 3 4 5 6 7 8 9 10", 25: "5 10 15 20 25", 100: "10 20 30 40 50 60 70 80 90 100", 1000: "100 200"} {
		var labels []string
		for _, tick := range wholeTicks(1, high) {
			labels = append(labels, tick.Label)
		}
		if got := strings.Join(labels, " "); !strings.HasPrefix(got, want) {
			t.Errorf("1 to %v: %s, want %s", high, got, want)
		}
	}
}
