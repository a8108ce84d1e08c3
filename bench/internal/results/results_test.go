package results

import (
	"strings"
	"testing"
)

const recorded = `go: go1.26
pkg: a
BenchmarkGemm/tier=avx2/m=32/op=nn/workers=1-2 10 2000 ns/op 5 GFLOP/s
some text between them
BenchmarkGemm/tier=avx2/m=32/op=nn/workers=1-2 10 1000 ns/op 6 GFLOP/s
BenchmarkRun 5 7 ns/op
pkg: b
BenchmarkRun 5 9 ns/op
`

func TestRead(t *testing.T) {
	lines, err := Read(strings.NewReader(recorded), "r.txt")
	if err != nil || len(lines) != 4 {
		t.Fatalf("%d lines, error %v", len(lines), err)
	}
	groups := Groups(lines)
	if len(groups) != 3 {
		t.Fatalf("%d groups, want 3: pkg tells the two Run apart", len(groups))
	}
	g := groups[0]
	if g.Name != "Gemm/tier=avx2/m=32/op=nn/workers=1" || g.Base != "Gemm" || g.Keys["m"] != "32" || g.Config["go"] != "go1.26" {
		t.Errorf("%+v", g.Line)
	}
	if m, ok := g.Median("GFLOP/s"); !ok || m != 5.5 {
		t.Errorf("median %v, %v", m, ok)
	}
	if _, ok := g.Median("B/s"); ok {
		t.Error("a median of nothing")
	}
	if g.Place() != "r.txt:3-5" || groups[1].Place() != "r.txt:6" {
		t.Errorf("places %s and %s", g.Place(), groups[1].Place())
	}
	if got := g.Without("tier", "workers"); got != "Gemm/m=32/op=nn" {
		t.Errorf("without: %s", got)
	}
	if !g.Has(map[string]string{"m": "32", "tier": "avx2"}) || g.Has(map[string]string{"m": "33"}) {
		t.Error("Has is wrong")
	}
}

func TestDamagedResultIsAnError(t *testing.T) {
	for _, text := range []string{"BenchmarkX 1 five ns/op\n", "BenchmarkX x 5 ns/op\n", "BenchmarkX 1 5\n"} {
		if _, err := Read(strings.NewReader(text), "bad.txt"); err == nil || !strings.Contains(err.Error(), "bad.txt:1") {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if _, err := ReadFiles("no-such-file"); err == nil {
		t.Error("no file, no error")
	}
}
