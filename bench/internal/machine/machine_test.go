package machine

import (
	"strings"
	"testing"

	"golang.org/x/perf/benchfmt"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// What is written is read back by the library that benchstat uses.
func TestConfigIsOfTheFormat(t *testing.T) {
	var text strings.Builder
	WriteUnits(&text)
	WriteConfig(&text)
	text.WriteString("BenchmarkX 1 5 ns/op\n")
	r := benchfmt.NewReader(strings.NewReader(text.String()), "test")
	var last benchfmt.Result
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			t.Error(rec)
		case *benchfmt.Result:
			last = *rec.Clone()
		}
	}
	for _, key := range []string{"go", "cpu-name", "kernel", "tier", "workers", CeilingKey(kernels.Best().String())} {
		if last.GetConfig(key) == "" {
			t.Errorf("no %s in\n%s", key, &text)
		}
	}
	for _, unit := range higher {
		if r.Units().GetBetter(unit) != 1 {
			t.Errorf("more %s is not said to be better", unit)
		}
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"AMD EPYC (family 25, model 1)":                 "amd-epyc-f-25-m-1",
		"Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz": "intel-xeon-platinum-8481c-cpu-2-70ghz",
		"AMD EPYC 9005 (Zen 5)":                         "amd-epyc-9005-zen-5",
		"arm64":                                         "arm64",
		"  ../Neoverse N1!  ":                           "neoverse-n1",
	} {
		if got := slug(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
