package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r.txt")
	text := `tier: avx2
cpu-name: Test
fma-ceiling-avx2: 100
BenchmarkGemm/tier=generic/m=1/k=2/n=3/op=nn/workers=1-2 1 1000 ns/op 1 GFLOP/s
BenchmarkGemm/tier=avx2/m=1/k=2/n=3/op=nn/workers=1-2 1 100 ns/op 10 GFLOP/s 12.4 ceiling-%
BenchmarkVector/kernel=Exp/tier=generic/n=4096 1 3000 ns/op
BenchmarkVector/kernel=Exp/tier=avx2/n=4096 1 1000 ns/op
`
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := printTable(&out, file); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`\n *plain Go +avx2 +faster +GFLOP/s`, `100 GFLOP/s a worker. On Test, `,
		`1.000µs +100.0ns +10.0× +10.0 +12 % +Gemm 1×2×3 op=nn workers=1\n`,
		`3.000µs +1.000µs +3.0× +– +– +Vector kernel=Exp n=4096\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %s in\n%s", want, &out)
		}
	}
	if err := os.WriteFile(file, []byte("BenchmarkX 1 2 ns/op\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := printTable(&out, file); err == nil {
		t.Error("a table of nothing")
	}
}

func TestDefaults(t *testing.T) {
	o := options{quick: true, record: "v1"}
	o.setDefaults()
	if o.count != 3 || filepath.Base(o.out) != "v1.txt" || !strings.Contains(filepath.ToSlash(o.out), "bench/baseline/") {
		t.Errorf("%+v", o)
	}
	o = options{account: true}
	o.setDefaults()
	if o.out != "account.txt" || o.benchtime != "1x" || len(o.suites()) != 1 {
		t.Errorf("%+v", o)
	}
	o = options{out: "x", count: 9}
	o.setDefaults()
	if o.count != 9 || o.out != "x" || o.benchtime != "200ms" {
		t.Errorf("%+v", o)
	}
}
