package bench

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

// save writes all measurements to a file, if it is named.
func (c *comparison) save(path string) error {
	if path == "" {
		return nil
	}
	var text bytes.Buffer
	machine.WriteUnits(&text)
	machine.WriteConfig(&text)
	for _, x := range c.contestants {
		fmt.Fprintf(&text, "peer-%s: %s\n", x.name, strings.Join(strings.Fields(x.about), " "))
	}
	fmt.Fprintf(&text, "beside-others: %.1f%%\n", 100*c.conditions().crowded)
	c.write(&text)
	return os.WriteFile(path, text.Bytes(), 0o666)
}

// write writes a line for each measurement. The way into C is subtracted, as in
// the table.
func (c *comparison) write(w io.Writer) {
	at := c.conditions()
	for _, t := range c.trials {
		for i, x := range c.contestants {
			for _, rate := range t.rates(t.series[i].samples, at) {
				fmt.Fprintf(w, "BenchmarkPeerGemm/peer=%s/tier=%s/shape=%s/%s/workers=%d %d %.6g ns/op %.5g GFLOP/s %.4g ceiling-%%\n", x.name, c.tier,
					t.name, t, c.workers, t.series[i].calls*t.series[i].slices, t.flops()/rate, rate, 100*rate/at.ceiling)
			}
		}
	}
}

func TestRecord(t *testing.T) {
	c := smallComparison(t, small[1])
	c.round()
	c.round()
	var text bytes.Buffer
	c.write(&text)
	lines, err := results.Read(&text, "f")
	if err != nil || len(lines) != 4 { // of two contestants in two rounds
		t.Fatalf("%d lines, error %v", len(lines), err)
	}
	l := lines[0]
	if l.Base != "PeerGemm" || l.Keys["peer"] != oursName || l.Keys["m"] != "5" || l.Keys["op"] != "nt" || !(l.Values["GFLOP/s"] > 0) || !(l.Values["ceiling-%"] > 0) {
		t.Errorf("%+v", l)
	}
}
