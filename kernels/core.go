package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// A Core runs kernels on one goroutine: it has the kernels of a tier and the
// buffers that they work with. A Core must not be used by two goroutines at
// once; its methods allocate nothing once its buffers have grown to the shapes
// in use.
type Core struct {
	tier   Tier
	set    *micro.Set
	blocks blocking

	blockA, blockB []float32   // blocks of the operands of GEMM, re-ordered
	scratch        []float32   // a few register tiles at the edge of c
	biasRows       []float32   // a bias along rows, spread across a tile
	sparse         sparseGroup // of GemmSparse
	update         sparseUpdate
	gradient       []float32               // a piece of it, for an update
	packedD        Packed                  // what all pieces are multiplied with
	lanes          [micro.Lanes]float32    // partial results of a reduction
	rest           [2][micro.Lanes]float32 // the last few elements of its operands, padded
	restBytes      [nonZeroUnit]uint8      // the last few bytes of a row, and zeros
	restFloats     [nonZeroUnit]float32
}

// NewCore returns a Core for the tier. It panics if the tier cannot run here
// (see Tier.Err).
func NewCore(t Tier) *Core {
	if t == Auto {
		t = Best()
	}
	if err := t.Err(); err != nil {
		panic("kernels: " + err.Error())
	}
	set := t.set()
	return &Core{
		tier: t, set: set, blocks: blockingFor(set, micro.L2()),
		scratch: make([]float32, highest(set)*scratchCols),
	}
}

// Tier returns the tier of the kernels.
func (k *Core) Tier() Tier { return k.tier }

// grow returns *buf with at least n elements; what it held is lost.
func grow(buf *[]float32, n int) []float32 {
	if len(*buf) < n {
		*buf = make([]float32, n)
	}
	return *buf
}
