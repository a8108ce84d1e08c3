package results

import (
	"strings"
	"testing"
)

func TestPairs(t *testing.T) {
	lines, err := Read(strings.NewReader(`tier: avx2
pkg: a
BenchmarkX/tier=generic/n=1 1 100 ns/op
BenchmarkX/tier=generic/n=1 1 100 ns/op
BenchmarkX/tier=generic/n=2 1 100 ns/op
BenchmarkX/tier=avx2/n=1 1 50 ns/op
BenchmarkX/tier=avx2/n=1 1 10 ns/op
BenchmarkX/tier=avx2/n=1 1 20 ns/op
pkg: b
BenchmarkX/tier=avx2/n=2 1 50 ns/op
`), "f")
	if err != nil {
		t.Fatal(err)
	}
	groups := Groups(lines)
	pairs := Pairs(groups, Best(groups))
	if len(pairs) != 1 || pairs[0].Name != "X/n=1" || pairs[0].Speedup < 4.99 || pairs[0].Speedup > 5.01 {
		t.Errorf("%+v", pairs)
	}
	if Best(nil) != Generic {
		t.Error("the best tier of nothing")
	}
}
