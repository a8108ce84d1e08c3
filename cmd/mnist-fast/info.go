package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/urfave/cli/v3"
)

const infoHelp = `It lists the kinds of processor that the program has kernels
for, whether they can be used here, and how fast they are on
one core: the most that fused multiply-adds can give, and a
product of two matrices of 256×256.

Example:
  mnist-fast info`

func (a *app) infoCommand() *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:        "info",
		Usage:       "Tell what the program makes of this machine.",
		UsageText:   "mnist-fast info [-json]",
		Description: infoHelp,
		Flags:       section("Flags", jsonFlag(&asJSON)),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return newReporter(a.stdout, asJSON).report(newInfo())
		},
	}
}

// An info tells of the machine.
type info struct {
	Go       string     `json:"go"`
	Platform string     `json:"platform"`
	CPU      string     `json:"cpu"`
	Features []string   `json:"features"`
	Caches   []cache    `json:"caches"`
	Workers  int        `json:"workers"`
	TierEnv  string     `json:"kernels_tier,omitempty"`
	Problem  string     `json:"kernels_tier_problem,omitempty"`
	Tiers    []tierInfo `json:"tiers"`
}

// A cache is one level of the processor's memory.
type cache struct {
	Name  string `json:"name"`
	Bytes int    `json:"bytes"`
}

// features are those that kernels are, or could be, made for.
var features = []cpuid.FeatureID{
	cpuid.SSE2, cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.BMI2, cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512DQ, cpuid.AVX512VL,
	cpuid.AVX512BF16, cpuid.AMXTILE, cpuid.AMXBF16, cpuid.ASIMD, cpuid.SVE,
}

func newInfo() info {
	i := info{
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		CPU: cpuid.CPU.BrandName, Workers: runtime.GOMAXPROCS(0), TierEnv: os.Getenv(kernels.TierEnv), Tiers: tierInfos(),
	}
	for _, f := range features {
		if cpuid.CPU.Has(f) {
			i.Features = append(i.Features, f.String())
		}
	}
	sizes := cpuid.CPU.Cache
	for _, c := range []cache{{"L1d", sizes.L1D}, {"L1i", sizes.L1I}, {"L2", sizes.L2}, {"L3", sizes.L3}} {
		if c.Bytes > 0 {
			i.Caches = append(i.Caches, c)
		}
	}
	if _, err := kernels.Choose(""); err != nil {
		i.Problem = err.Error()
	}
	return i
}

func (i info) text() string {
	var out table
	out.row("program", "%s %s", i.Go, i.Platform)
	out.row("processor", "%s", orUnknown(i.CPU))
	out.row("features", "%s", orUnknown(strings.Join(i.Features, " ")))
	var caches []string
	for _, c := range i.Caches {
		caches = append(caches, fmt.Sprintf("%s %d KiB", c.Name, c.Bytes>>10))
	}
	out.row("caches", "%s", orUnknown(strings.Join(caches, ", ")))
	out.row("workers", "%d", i.Workers)
	switch {
	case i.Problem != "":
		out.row(kernels.TierEnv, "is %s: %s", i.TierEnv, i.Problem)
	case i.TierEnv != "":
		out.row(kernels.TierEnv, "is %s", i.TierEnv)
	}
	out.WriteString("\n" + tierHead())
	for _, t := range slices.Backward(i.Tiers) { // fastest first
		out.WriteString(t.row())
	}
	return out.String()
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
