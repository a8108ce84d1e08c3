package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A program is kept on a processor, and this one is not.
func TestExecuteOn(t *testing.T) {
	all := processors()
	if len(all) == 0 {
		t.Fatal("no processors")
	}
	for _, cpu := range all {
		out, err := executeOn(context.Background(), cpu, ".", nil, "cat", "/proc/self/status")
		if want := fmt.Sprintf("\nCpus_allowed_list:\t%d\n", cpu); err != nil || !strings.Contains(string(out), want) {
			t.Errorf("on processor %d: no %q in %s, error %v", cpu, want, out, err)
		}
		if now := processors(); !slices.Equal(now, all) {
			t.Errorf("after it, this process is kept on %v", now)
		}
	}
}
