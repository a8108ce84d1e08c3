package blas

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A product is one call of [kernels.Core.Gemm].
type product struct {
	alpha float32
	a, b  kernels.Mat
	beta  float32
	c     kernels.Mat
}

func (p *product) compute(k *kernels.Core) {
	k.Gemm(p.alpha, p.a, p.b, p.beta, p.c, kernels.Epilogue{})
}

// A crew computes one product at a time: its caller and helpers take part after
// part. A kernels.Team would be a little faster, but its caller waits for workers
// that have no processor: twenty times as long as the product takes, measured.
type crew struct {
	free    sync.Mutex
	product product
	parts   int32
	left    atomic.Int32   // parts that nobody has taken; below 0 counts as none
	open    sync.WaitGroup // parts that are not done
	helpers atomic.Int32   // alive
	help    func()         // what they run
}

// linger is how long a helper looks out for the next product. It yields all the
// while: only a processor that is idle anyway is kept awake.
const linger = 100 * time.Microsecond

// share computes a product with helpers. The caller has locked crew.free.
func (impl *Implementation) share(p product, k *kernels.Core) {
	c := &impl.crew
	if c.help == nil {
		c.help = impl.helper // made once, so that to start one allocates nothing
	}
	c.product = p
	// Two parts a worker, so that one who begins late does not hold up the others.
	c.parts = int32(2 * impl.workers())
	c.open.Add(int(c.parts))
	c.left.Store(c.parts)
	for range impl.workers() - 1 - int(c.helpers.Load()) {
		c.helpers.Add(1)
		go c.help()
	}
	c.work(k)
	c.open.Wait()
	c.product = product{} // the memory of the operands is not ours to keep
}

// helper is the life of a helper.
func (impl *Implementation) helper() {
	k := impl.core()
	for last := time.Now(); time.Since(last) < linger; runtime.Gosched() {
		if impl.crew.work(k) {
			last = time.Now()
		}
	}
	impl.put(k)
	impl.crew.helpers.Add(-1)
}

// work computes parts until none is left, and reports whether there were any.
func (c *crew) work(k *kernels.Core) (did bool) {
	for c.left.Load() > 0 {
		i := c.left.Add(-1)
		if i < 0 {
			break
		}
		p := c.product
		p.a, p.b, p.c, _ = kernels.ShareGemm(p.a, p.b, p.c, kernels.Epilogue{}, int(i), int(c.parts))
		p.compute(k)
		c.open.Done()
		did = true
	}
	return did
}
