package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var gate = flag.Int("gate", 0, "compare the working folder with itself, and with a slower one, so many times each")

// TestGate counts what compare finds on this machine where nothing changed, with
// one core at work on something else every other time, and where GEMM was made 5 %
// slower, of which it measures GEMM. It takes three minutes for each -gate, and a
// machine that is quiet.
func TestGate(t *testing.T) {
	if *gate == 0 {
		t.Skip("wants a quiet machine: make bench-gate-check")
	}
	compare := func(i int, args ...string) bool {
		var out strings.Builder
		args = append([]string{"compare", "-always", "-seed", fmt.Sprint(i)}, args...)
		status := run(context.Background(), args, &out, &out)
		fmt.Fprintf(os.Stdout, "%v: status %d\n%s\n", args, status, &out)
		if status == exitFailure {
			t.Fatal("nothing was compared")
		}
		return status == exitRegression
	}
	wrong, caught := 0, 0
	for i := range *gate {
		load := make(chan struct{})
		if i%2 == 1 {
			go spin(load)
		}
		if compare(i, "-list", "short", "") {
			wrong++
		}
		close(load)
		if compare(i, "-bench", shortGemm(), "-new-tags", "slowgemm", "") {
			caught++
		}
	}
	fmt.Printf("the same: slower in %d of %d; 5 %% slower: found in %d of %d\n", wrong, *gate, caught, *gate)
	if wrong > 0 || caught*20 < *gate*19 {
		t.Error("want 0, and at least 19 of 20")
	}
}

// spin keeps a core busy.
func spin(until chan struct{}) {
	for {
		select {
		case <-until:
			return
		default:
		}
	}
}
