// Command readme writes the tables of README.md, and of bench/account.md, from
// recorded results:
//
//	go run ./bench/readme          # rewrites them
//	go run ./bench/readme -check   # fails if that would change one
//
// A part of them between the lines
//
//	<!-- measured: NAME -->
//	<!-- end of NAME -->
//
// is made of the template NAME.md here (text/template). A template has functions
// that look up what was recorded; figures become links to their lines, or stand in a
// row with one:
//
//	{{from "bench/baseline/x/current.txt"}}     what follows is of this file
//	{{config "cpu-name"}}                       a line of its configuration
//	{{figure "Gemm/tier=avx2/m=1" "sec/op" 1e6 "%.1f"}}   a median, times a factor
//	{{mean "Accuracy/seed=" "accuracy-%" 1 "%.2f"}}       over all names that begin so
//	{{range seeds}}                             1, 2, …: those of bench/accuracy
//	{{range pairs "^Vector/"}}                  plain Go and the best tier, by a pattern
//	  {{.Name}} {{.Plain}} {{.Fast}} {{.Faster "%.0f"}} {{.Of "GFLOP/s" "%.0f"}}
//	{{end}}
//	{{range cases "^Scaling/"}}                 all, by a pattern
//	  {{.Link (.Key "batch")}} {{.Of "sec/op" 1e6 "%.1f"}} {{.Largest "fma-sec" "bytes-sec"}}
//	{{end}}
//	{{$x := one "Scaling/batch=8/workers=2"}}   one of them, by its name
//	{{.Time}} {{.Times $x "%.1f"}}              the time of a call, and what it is of another's
package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"text/template"
)

//go:embed *.md
var templates embed.FS

func main() {
	check := len(os.Args) == 2 && os.Args[1] == "-check"
	if len(os.Args) > 1 && !check {
		fmt.Fprintln(os.Stderr, "usage: readme [-check]")
		os.Exit(2)
	}
	if err := run(".", check); err != nil {
		fmt.Fprintln(os.Stderr, "readme:", err)
		os.Exit(1)
	}
}

// pages are what has measured parts.
var pages = []string{"README.md", "bench/account.md"}

// run rewrites the pages of the repository in a folder, or checks them.
func run(root string, check bool) error {
	for _, page := range pages {
		if err := runPage(root, page, check); err != nil {
			return err
		}
	}
	return nil
}

func runPage(root, page string, check bool) error {
	path := filepath.Join(root, filepath.FromSlash(page))
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	new, err := rewrite(root, page, old, templates.ReadFile)
	switch {
	case err != nil:
		return err
	case bytes.Equal(old, new):
		return nil
	case check:
		return fmt.Errorf("%s is not what bench/baseline says: make readme", path)
	}
	return os.WriteFile(path, new, 0o666)
}

var (
	begin = regexp.MustCompile(`(?m)^<!-- measured: ([a-z0-9-]+) -->\n`)
	end   = "<!-- end of %s -->\n"
)

// rewrite replaces all measured parts of the text.
func rewrite(root, page string, text []byte, read func(name string) ([]byte, error)) (out []byte, err error) {
	for {
		at := begin.FindSubmatchIndex(text)
		if at == nil {
			return append(out, text...), nil
		}
		name := string(text[at[2]:at[3]])
		mark := fmt.Appendf(nil, end, name)
		length := bytes.Index(text[at[1]:], mark)
		if length < 0 {
			return nil, fmt.Errorf("part %s has no end", name)
		}
		part, err := fill(root, page, name, read)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, text[:at[1]]...), part...), mark...)
		text = text[at[1]+length+len(mark):]
	}
}

// fill makes a part of its template.
func fill(root, page, name string, read func(name string) ([]byte, error)) ([]byte, error) {
	text, err := read(name + ".md")
	if err != nil {
		return nil, err
	}
	l := &lookup{root: root, page: page}
	t, err := template.New(name).Funcs(l.functions()).Parse(string(text))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, nil)
	return out.Bytes(), err
}
