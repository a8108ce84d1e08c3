package bench

import (
	"errors"
	"fmt"
	"os"
	"testing"
)

// BenchmarkPeers measures our GEMM in turn with those of C libraries and of
// gonum, and prints a table. One operation is -peers.rounds rounds.
func BenchmarkPeers(b *testing.B) {
	o, err := parseFlags()
	if err != nil {
		b.Fatal(err)
	}
	c, err := newComparison(o)
	switch {
	case errors.Is(err, errNotFound):
		fmt.Println("BenchmarkPeers is skipped:", err) // b.Skip alone says it only with -v
		b.SkipNow()
	case err != nil:
		b.Fatal(err)
	}
	defer c.close()
	c.introduce(os.Stdout)
	for b.Loop() {
		for range o.rounds {
			c.round()
		}
	}
	r := c.report()
	r.print(os.Stdout)
	if err := c.save(*outFlag); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(r.mean(row.ofBest), "of-best-peer")
}
