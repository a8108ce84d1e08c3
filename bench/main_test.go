package bench

import (
	"flag"
	"os"
	"testing"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
)

// TestMain heads benchmarks with what they were measured on. BENCH_CONFIG=off
// leaves that to the program that runs them.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() != "" && os.Getenv("BENCH_CONFIG") != "off" {
		machine.WriteUnits(os.Stdout)
		machine.WriteConfig(os.Stdout)
	}
	m.Run()
}
