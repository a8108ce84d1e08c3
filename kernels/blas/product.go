package blas

import (
	"runtime"
	"sync"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// minShared is the number of multiply-adds from which on a product is shared
// out, about 0.1 ms of one processor: others need half of that to begin.
const minShared = 1 << 23

// A product is one call of [kernels.Core.Gemm].
type product struct {
	alpha float32
	a, b  kernels.Mat
	beta  float32
	c     kernels.Mat
}

// compute computes one of several parts of the product.
func (impl *Implementation) compute(p *product, part, parts int) {
	a, b, c, _ := kernels.ShareGemm(p.a, p.b, p.c, kernels.Epilogue{}, part, parts)
	impl.with(func(k *kernels.Core) { k.Gemm(p.alpha, a, b, p.beta, c, kernels.Epilogue{}) })
}

// multiply computes a product, with the crew if it is large and nobody else has it.
func (impl *Implementation) multiply(p product) {
	size := float64(p.c.Rows) * float64(p.c.Cols) * float64(p.a.Cols) // an int may be too small
	if size < minShared || impl.workers() == 1 || !impl.crew.TryLock() {
		impl.compute(&p, 0, 1)
		return
	}
	defer impl.crew.Unlock()
	impl.crew.share(impl, p)
}

// A crew computes a product at a time.
type crew struct {
	sync.Mutex
	kernels.Crew
	product product
	parts   int
	compute func(part int) // made once, so that a product allocates nothing
}

// share computes a product in two parts a worker, so that one who begins late does not
// hold up the others. The caller has locked the crew.
func (c *crew) share(impl *Implementation, p product) {
	if c.compute == nil {
		c.compute = func(part int) { impl.compute(&c.product, part, c.parts) }
	}
	c.product, c.parts = p, 2*impl.workers()
	defer func() { c.product = product{} }() // the memory of the operands is not ours to keep
	c.Share(c.parts, min(impl.workers(), runtime.GOMAXPROCS(0))-1, c.compute)
}
