package main

import (
	"flag"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/asm/formula"
)

var mca = flag.String("mca", "", "the llvm-mca, of version 19 or later, that TestMCA runs")

// mcaCores are what llvm-mca knows, and the FMLA that each can start in a cycle.
// The last one starts instructions in order; what is said of it is for
// information.
var mcaCores = []struct {
	name  string
	limit int
}{{"neoverse-n1", 2}, {"neoverse-n2", 2}, {"neoverse-v1", 4}, {"cortex-a55", 0}}

const (
	mcaVersion    = 19
	mcaIterations = 200
	mcaLeast      = 0.97 // of the limit
)

// TestMCA estimates how near the inner loops of GEMM come to what a core's FMLA
// units allow, given that all loads hit the first cache. That must be 97 % where
// it can be: with fewer than 16 accumulators, four units wait for their results,
// and a tile of one row loads as often as it multiplies.
func TestMCA(t *testing.T) {
	if *mca == "" {
		t.Skip("estimates for other processors run on request: make mca")
	}
	requireMCA(t)
	loops := innerLoops(t)
	var table strings.Builder
	for _, tile := range neon.Tiles {
		for rows := 1; rows <= tile.Rows; rows++ {
			name := formula.Gemm(rows, tile.Vectors*neon.Lanes).Name + neon.Suffix
			fmt.Fprintf(&table, "\n%-14s", name)
			for _, core := range mcaCores {
				rate := mcaRate(t, core.name, loops[name])
				fmt.Fprintf(&table, "  %s %.2f", core.name, rate)
				if core.limit == 0 {
					continue
				}
				reached := rate / float64(core.limit)
				fmt.Fprintf(&table, " (%5.1f %%)", 100*reached)
				if rows > 1 && rows*tile.Vectors >= 16 && reached < mcaLeast {
					t.Errorf("%s on %s: %.1f %% of the limit", name, core.name, 100*reached)
				}
			}
		}
	}
	t.Log("FMLA a cycle, estimated, and their part of the limit:" + table.String())
}

func requireMCA(t *testing.T) {
	t.Helper()
	version := regexp.MustCompile(`LLVM version (\d+)`).FindStringSubmatch(output(t, exec.Command(*mca, "--version")))
	if version == nil {
		t.Fatalf("%s does not say which version of LLVM it is of", *mca)
	}
	if n, _ := strconv.Atoi(version[1]); n < mcaVersion {
		t.Fatalf("%s is of LLVM %d; %d or later is needed", *mca, n, mcaVersion)
	}
}

// mcaRate is the number of FMLA a cycle of a loop on a core.
func mcaRate(t *testing.T, core string, loop []string) float64 {
	t.Helper()
	run := exec.Command(*mca, "-mtriple=aarch64", "-mcpu="+core, fmt.Sprintf("-iterations=%d", mcaIterations))
	run.Stdin = strings.NewReader(strings.Join(loop, "\n") + "\n")
	cycles := regexp.MustCompile(`Total Cycles: +(\d+)`).FindStringSubmatch(output(t, run))
	if cycles == nil {
		t.Fatalf("%v says nothing of cycles", run)
	}
	n, _ := strconv.Atoi(cycles[1])
	return float64(fmlas(loop)*mcaIterations) / float64(n)
}

func fmlas(code []string) int { return strings.Count(strings.Join(code, "\n"), "fmla ") }

// innerLoops are the unrolled loops of GEMM, by function, as a disassembler
// writes them for other assemblers.
func innerLoops(t *testing.T) map[string][]string {
	t.Helper()
	object := filepath.Join(t.TempDir(), "neon.o")
	include := filepath.Join(strings.TrimSpace(output(t, exec.Command("go", "env", "GOROOT"))), "pkg", "include")
	assemble := exec.Command("go", "tool", "asm", "-p", "micro", "-I", include, "-o", object, assembly)
	assemble.Env = append(assemble.Environ(), "GOOS=linux", "GOARCH=arm64")
	output(t, assemble)
	text := output(t, exec.Command("go", "tool", "objdump", "-gnu", "-s", `\.gemm`, object))
	loops := map[string][]string{}
	for _, function := range strings.Split(text, "TEXT ")[1:] {
		var code []string
		for _, m := range regexp.MustCompile(`(?m) // (.+?)\s*$`).FindAllStringSubmatch(function, -1) {
			code = append(code, m[1])
		}
		symbol, _, _ := strings.Cut(function, "(SB)")
		loops[strings.TrimPrefix(symbol, "micro.")] = innerLoop(code)
	}
	return loops
}

// innerLoop is the loop without another one or a branch in it that has the most
// FMLA.
func innerLoop(code []string) (loop []string) {
	branch := regexp.MustCompile(`^(\S+).* \.\+0x([0-9a-f]+)$`)
	start := 0 // after the last branch
	for i, in := range code {
		m := branch.FindStringSubmatch(in)
		if m == nil {
			continue
		}
		bytes, _ := strconv.ParseUint(m[2], 16, 64)
		if to := i + int(int64(bytes))/4; to >= start && to < i && fmlas(code[to:i]) > fmlas(loop) {
			loop = append(code[to:i:i], m[1]+" .")
		}
		start = i + 1
	}
	return loop
}

// output is what a command prints.
func output(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", c, err, out)
	}
	return string(out)
}
