package blas

import (
	"runtime"
	"sync"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// What Sgemm and Sgemv take for op(A) and op(B), from gonum's package blas.
const (
	NoTrans   = blas.NoTrans
	Trans     = blas.Trans
	ConjTrans = blas.ConjTrans // of real numbers, the same as Trans
)

// An Implementation is gonum's, with the float32 routines that the kernels make
// faster. The zero value is ready for use by any number of goroutines. Its
// fields must not change after the first call, which panics if the tier cannot
// run here (see [kernels.Tier.Err]).
type Implementation struct {
	gonum.Implementation

	Tier    kernels.Tier // the zero value is Auto
	Workers int          // that share a large product; 0: one for each processor (runtime.GOMAXPROCS)

	cores sync.Pool // of *kernels.Core
	crew  crew
}

var _ blas.Float32 = (*Implementation)(nil)

// core takes a Core out of the pool. Give it back with put.
func (impl *Implementation) core() *kernels.Core {
	if k, ok := impl.cores.Get().(*kernels.Core); ok {
		return k
	}
	return kernels.NewCore(impl.Tier)
}

func (impl *Implementation) put(k *kernels.Core) { impl.cores.Put(k) }

func (impl *Implementation) workers() int {
	if impl.Workers > 0 {
		return impl.Workers
	}
	return runtime.GOMAXPROCS(0)
}
