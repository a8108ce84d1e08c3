package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A tierInfo tells of a tier.
type tierInfo struct {
	Tier    string `json:"tier"`
	Usable  bool   `json:"usable"`
	Best    bool   `json:"best"`
	Problem string `json:"problem,omitempty"`
	Ceiling number `json:"ceiling_gflops,omitempty"` // of one core
	Gemm    number `json:"gemm_gflops,omitempty"`    // 256×256×256, of one core
}

// tierInfos measures all tiers that can be used here.
func tierInfos() []tierInfo {
	usable := kernels.Tiers()
	var infos []tierInfo
	for _, t := range kernels.AllTiers() {
		i := tierInfo{Tier: t.String()}
		if err := t.Err(); err != nil {
			i.Problem = err.Error()
		} else {
			i.Usable, i.Best = true, t == usable[len(usable)-1]
			i.Ceiling, i.Gemm = number(kernels.Ceiling(t)), number(gemmRate(t))
		}
		infos = append(infos, i)
	}
	return infos
}

// gemmRate measures the product of two matrices of 256×256 on one core, in
// GFLOP/s: the best of what fits into a short time.
func gemmRate(t kernels.Tier) float64 {
	const (
		n      = 256
		repeat = 3
		budget = 40 * time.Millisecond
	)
	k := kernels.NewCore(t)
	a, b, c := kernels.NewMat(n, n), kernels.NewMat(n, n), kernels.NewMat(n, n)
	for i := range a.Data {
		a.Data[i], b.Data[i] = 1+float32(i%7), 1-float32(i%5)
	}
	best := 0.0
	begin := time.Now()
	for i := 0; i < repeat || time.Since(begin) < budget; i++ {
		start := time.Now()
		k.Gemm(1, a, b, 0, c, kernels.Epilogue{})
		best = max(best, 2*n*n*n/float64(time.Since(start).Nanoseconds()))
	}
	return best
}

// tierHead is the head of the lines that tierInfo.row returns.
func tierHead() string {
	return fmt.Sprintf("%-10s %-9s  %7s  %7s  %s\n", "tier", "", "ceiling", "product", "GFLOP/s of one core")
}

func (i tierInfo) row() string {
	if !i.Usable {
		return fmt.Sprintf("%-10s %s\n", i.Tier, strings.TrimPrefix(i.Problem, "tier "+i.Tier+" "))
	}
	note := "usable"
	if i.Best {
		note = "best here"
	}
	return fmt.Sprintf("%-10s %-9s  %7.1f  %7.1f  %.0f %% of ceiling\n", i.Tier, note, i.Ceiling, i.Gemm, 100*i.Gemm/i.Ceiling)
}
