package main

import (
	"bytes"
	_ "embed" // for the page
	"errors"
	"fmt"
	"html/template"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A page is what page.html shows.
type page struct {
	Config  map[string]string
	Machine []setting
	Figures []pageFigure
	Lacking []string
	Dir     string
}

type setting struct{ Key, Value string }

type pageFigure struct {
	Name, Caption, Axis string
	SVG                 template.HTML
	Points              []pagePoint
}

type pagePoint struct {
	Label, Series, Value string
	Sources              []source
}

// A source is a place in a recorded file.
type source struct{ Text, Link string }

// writePage writes the page with the drawings in it.
func (r *recorded) writePage(path string, drawn []drawing) error {
	p := page{Config: map[string]string{"cpu_name": r.config["cpu-name"]}, Dir: filepath.ToSlash(r.dir)}
	for _, key := range slices.Sorted(maps.Keys(r.config)) {
		if !strings.HasPrefix(key, ".") && key != "pkg" {
			p.Machine = append(p.Machine, setting{key, r.config[key]})
		}
	}
	shown := map[string]bool{}
	for _, d := range drawn {
		shown[d.name] = true
		p.Figures = append(p.Figures, pageFigure{d.name, d.caption, d.axis, inline(d), d.pagePoints(filepath.Dir(path))})
	}
	for _, f := range []figure{r.gemm(), r.speedup(), r.epoch(), r.predict(), r.account(), r.history()} {
		if !shown[f.name] {
			p.Lacking = append(p.Lacking, strings.ToLower(f.title[:1])+f.title[1:])
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pageTemplate.Execute(f, p), f.Close())
}

// inline is the picture as an element of the page, without what an SVG file has
// before it.
func inline(d drawing) template.HTML {
	return template.HTML(d.svg[bytes.Index(d.svg, []byte("<svg")):])
}

func (d drawing) pagePoints(from string) (points []pagePoint) {
	for _, p := range d.points {
		pp := pagePoint{Label: p.label, Series: p.series, Value: fmt.Sprintf("%.4g", p.value)}
		for _, place := range p.Sources() {
			pp.Sources = append(pp.Sources, newSource(from, place))
		}
		points = append(points, pp)
	}
	return points
}

// newSource links to a place like file:3-8, from the folder of the page.
func newSource(from, place string) source {
	i := strings.LastIndexByte(place, ':')
	file, line := place[:i], place[i+1:]
	if link, err := filepath.Rel(from, filepath.FromSlash(file)); err == nil {
		file = filepath.ToSlash(link)
	}
	return source{place, file + "#L" + strings.ReplaceAll(line, "-", "-L")}
}
