package blas

import (
	"cmp"
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

// with calls do with a Core of the pool, or a new one.
func (impl *Implementation) with(do func(k *kernels.Core)) {
	k, ok := impl.cores.Get().(*kernels.Core)
	if !ok {
		k = kernels.NewCore(impl.Tier)
	}
	defer impl.cores.Put(k)
	do(k)
}

func (impl *Implementation) workers() int { return cmp.Or(max(0, impl.Workers), runtime.GOMAXPROCS(0)) }
