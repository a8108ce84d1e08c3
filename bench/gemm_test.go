package bench

import (
	"fmt"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// slowFlops is the size of a product from which on plain Go is not measured: it
// takes a second or more.
const slowFlops = 1e8

// BenchmarkGemm measures Team.Gemm on every tier that this machine has.
func BenchmarkGemm(b *testing.B) {
	for _, tier := range kernels.Tiers() {
		for _, s := range shapes {
			if tier == kernels.Generic && s.flops() > slowFlops {
				continue
			}
			for _, workers := range workerCounts() {
				b.Run(fmt.Sprintf("tier=%s/%s/workers=%d", tier, s, workers), func(b *testing.B) {
					benchmarkGemm(b, s, tier, workers)
				})
			}
		}
	}
}

// benchmarkGemm reports the speed, also as a share of the FMA ceiling: the
// higher of those just before and just after.
func benchmarkGemm(b *testing.B, s shape, tier kernels.Tier, workers int) {
	team := kernels.NewTeam(tier, workers)
	defer team.Close()
	x, y, z := newProduct(s).mats()
	top := ceiling(team)
	for b.Loop() {
		team.Gemm(1, x, y, 0, z, kernels.Epilogue{})
	}
	gflops := s.flops() * float64(b.N) / float64(b.Elapsed().Nanoseconds())
	top = max(top, ceiling(team))
	reportRate(b, gflops, top)
}
