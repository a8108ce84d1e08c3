package main

import (
	"bytes"
	_ "embed" // for the page
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
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
	Font    template.CSS // what the pictures are laid out with, as a data URL
}

type setting struct{ Key, Value string }

type pageFigure struct {
	Name, Title, Caption, Axis string
	SVG                        template.HTML
	Points                     []pagePoint
}

type pagePoint struct {
	Label, Series, Value string
	Sources              []source
}

// A source is a place in a recorded file.
type source struct{ Text, Link string }

// writePage writes the page with the drawings in it.
func (r *recorded) writePage(path string, drawn []drawing) error {
	p := page{Config: map[string]string{"cpu_name": r.config["cpu-name"]}, Dir: filepath.ToSlash(r.dir),
		Font: template.CSS("url(data:font/ttf;base64," + base64.StdEncoding.EncodeToString(liberationsansregular.TTF) + ")")}
	for _, key := range slices.Sorted(maps.Keys(r.config)) {
		if !strings.HasPrefix(key, ".") && key != "pkg" {
			p.Machine = append(p.Machine, setting{key, r.config[key]})
		}
	}
	for _, d := range drawn {
		p.Figures = append(p.Figures, pageFigure{d.name, d.title, d.caption, d.axis, inline(d), d.pagePoints(filepath.Dir(path))})
	}
	for _, f := range r.allFigures() {
		if f.empty() {
			p.Lacking = append(p.Lacking, f.title)
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
