//go:build slowgemm

package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// With the build tag slowgemm, register tiles take some 5 % longer: for tests of
// the tools that shall notice. They do a part of their multiplications once more,
// on registers.
func init() {
	for i := range sets {
		for _, tile := range sets[i].Tiles {
			for r, f := range tile.Gemm {
				tile.Gemm[r] = slowed(f, sets[i].Peak, 2*(r+1)*tile.NR, sets[i].PeakFlops)
			}
		}
	}
}

// slowed adds to f, which has some operations for each value of p in a tile. They
// are a little more than a twentieth, since tiles do not reach the peak.
func slowed(f micro.GemmFunc, peak func(n int), flops, peakFlops int) micro.GemmFunc {
	return func(tiles, k int, a *float32, rsa, csa, tsa int, b *float32, rsb, tsb int, init *float32, rsinit, tsinit int, c *float32, rsc, tsc, cols int, lo float32, ahead, stepAhead int) {
		f(tiles, k, a, rsa, csa, tsa, b, rsb, tsb, init, rsinit, tsinit, c, rsc, tsc, cols, lo, ahead, stepAhead)
		peak((tiles*k*flops/16 + peakFlops/2) / peakFlops)
	}
}
