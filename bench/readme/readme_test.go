package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every measured figure on a page is the one that was recorded.
func TestReadmeIsGenerated(t *testing.T) {
	if err := run("../..", true); err != nil {
		t.Error(err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join("../..", page))
		if err != nil {
			t.Fatal(err)
		}
		if !begin.Match(text) {
			t.Errorf("%s has no measured part", page)
		}
	}
}

const recorded = `go: go1.26
tier: avx2
BenchmarkA/tier=avx2/n=1 1 1000 ns/op 7 GFLOP/s
BenchmarkA/tier=avx2/n=1 1 3000 ns/op 9 GFLOP/s
BenchmarkA/tier=generic/n=1 1 8000 ns/op
BenchmarkS/seed=1 1 90 accuracy-%
BenchmarkS/seed=2 1 91 accuracy-%
`

// rewriteWith rewrites a text with a template x, in a folder with r.txt.
func rewriteWith(t *testing.T, text, template string) (string, error) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "r.txt"), []byte(recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := rewrite(dir, "p.md", []byte(text), func(name string) ([]byte, error) {
		if name != "x.md" {
			return nil, fmt.Errorf("no template %s", name)
		}
		return []byte(template), nil
	})
	return string(out), err
}

const marked = "before\n<!-- measured: x -->\nold\n<!-- end of x -->\nafter\n"

func TestRewrite(t *testing.T) {
	got, err := rewriteWith(t, marked, `{{from "r.txt"}}{{config "go"}} {{figure "A/tier=avx2/n=1" "sec/op" 1e6 "%.1f"}} {{mean "S/" "accuracy-%" 1.0 "%.2f"}}
{{range pairs "^A"}}{{.Name}}: {{.Plain}} {{.Fast}} {{.Faster "%.1f"}} {{.Of "GFLOP/s" "%.0f"}}{{.Of "B/s" "%.0f"}}
{{end}}`)
	want := "before\n<!-- measured: x -->\ngo1.26 [2.0](r.txt#L3-L4) 90.50\nA/n=1: [8.000µs](r.txt#L5) [2.000µs](r.txt#L3-L4) 4.0 [8](r.txt#L3-L4)\n<!-- end of x -->\nafter\n"
	if want = strings.Replace(want, "A/n=1", "A n=1", 1); err != nil || got != want {
		t.Errorf("%s, error %v, want\n%s", got, err, want)
	}
	again, err := rewriteWith(t, got, "new\n")
	if err != nil || again != strings.Replace(marked, "old", "new", 1) {
		t.Errorf("once more: %s, error %v", again, err)
	}
}

func TestCases(t *testing.T) {
	got, err := rewriteWith(t, marked, `{{from "r.txt"}}{{range cases "^A"}}{{.Link (.Key "n")}} {{.Of "GFLOP/s" 10.0 "%.0f"}} {{.Largest "sec/op" "GFLOP/s"}};{{end}}{{(one "S/seed=2").Of "accuracy-%" 1.0 "%.0f"}}
`)
	if want := "\n[1](r.txt#L3-L4) 80 GFLOP/s;[1](r.txt#L5) – sec/op;91\n"; err != nil || !strings.Contains(got, want) {
		t.Errorf("%s, error %v, want %s", got, err, want)
	}
}

// Links begin at the folder of the page.
func TestLinksFromFolder(t *testing.T) {
	l := &lookup{root: t.TempDir(), page: "bench/p.md"}
	if err := os.MkdirAll(filepath.Join(l.root, "bench", "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.root, "bench", "b", "r.txt"), []byte(recorded), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := l.from("bench/b/r.txt"); err != nil || anchor(l.groups[0]) != "b/r.txt#L3-L4" {
		t.Errorf("%v, error %v", l.groups, err)
	}
}

// A figure that was not recorded is an error, not a gap.
func TestNotRecorded(t *testing.T) {
	for _, template := range []string{
		`{{from "missing.txt"}}`, `{{config "go"}}`, `{{from "r.txt"}}{{config "cpu"}}`,
		`{{from "r.txt"}}{{figure "B" "sec/op" 1.0 "%f"}}`, `{{from "r.txt"}}{{figure "S/seed=1" "sec/op" 1.0 "%f"}}`,
		`{{from "r.txt"}}{{mean "S/" "sec/op" 1.0 "%f"}}`, `{{pairs "A"}}`, `{{from "r.txt"}}{{cases "B"}}`, `{{cases "("}}`, `{{from "r.txt"}}{{one "S/seed=3"}}`, `{{from "r.txt"}}{{pairs "B"}}`, `{{from "r.txt"}}{{pairs "("}}`, `{{nonsense}}`,
	} {
		if got, err := rewriteWith(t, marked, template); err == nil {
			t.Errorf("%s: %s", template, got)
		}
	}
	for _, text := range []string{"<!-- measured: y -->\n<!-- end of y -->\n", "<!-- measured: x -->\nno end\n"} {
		if got, err := rewriteWith(t, text, ""); err == nil {
			t.Errorf("%s: %s", text, got)
		}
	}
}
