package kernels

import (
	"iter"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// The element-wise kernels. All slices of a call have the same length, or it
// panics. An output may be the same slice as an input, but not overlap one
// otherwise.

// Add computes y[i] += x[i].
func (k *Core) Add(y, x []float32) { each2(k.set.Add, y, x) }

// Scale computes y[i] = a·x[i].
func (k *Core) Scale(y, x []float32, a float32) { each2(with2(k.set.Scale, a), y, x) }

// Divide computes y[i] = x[i] / a.
func (k *Core) Divide(y, x []float32, a float32) { each2(with2(k.set.Divide, a), y, x) }

// Pixels computes y[i] = float32(x[i]) / a: bytes to numbers, for a = 255 from
// 0 to 1.
func (k *Core) Pixels(y []float32, x []uint8, a float32) {
	if len(y) != len(x) {
		panic(badLength)
	}
	for lo, hi := range pieces(len(y)) {
		k.set.Pixels(hi-lo, &y[lo], &x[lo], a)
	}
}

// BiasAdd adds the bias to every row of m, whose rows must be contiguous.
func (k *Core) BiasAdd(m Mat, bias []float32) {
	if len(bias) != m.Cols {
		panic(badShape)
	}
	m.checkOutput()
	m.checkApart(&Mat{bias, 1, len(bias), 0, 1})
	for i := range m.Rows {
		k.Add(m.Row(i), bias)
	}
}

// one is a matrix of ones of any shape, by strides of 0.
var one = []float32{1}

// ColSum computes dst[j] = Σᵢ m[i][j], adding in ascending i: the gradient of
// a bias. It panics if dst does not have m.Cols elements.
func (k *Core) ColSum(dst []float32, m Mat) {
	ones := Mat{one, 1, m.Rows, 0, 0}
	k.Gemm(1, ones, m, 0, View(dst, 1, len(dst)), Epilogue{})
}

// ReLU computes y[i] = 0 where x[i] ≤ 0, else x[i]; so NaN stays.
func (k *Core) ReLU(y, x []float32) { each2(k.set.ReLU, y, x) }

// ReLUGrad computes dx[i] = 0 where y[i] ≤ 0, else dy[i]; y is ReLU's output.
func (k *Core) ReLUGrad(dx, dy, y []float32) { each3(k.set.ReLUGrad, dx, dy, y) }

// Exp computes y[i] = eˣ for x = x[i], within 1 ulp; results below 2⁻¹²⁶ are 0.
func (k *Core) Exp(y, x []float32) { each2(k.set.Exp, y, x) }

// Sigmoid computes y[i] = 1/(1+e⁻ˣ) for x = x[i], within 2.5 ulp; results below
// 2⁻¹²⁸ are 0.
func (k *Core) Sigmoid(y, x []float32) { each2(k.set.Sigmoid, y, x) }

// SigmoidGrad computes dx[i] = dy[i]·y[i]·(1-y[i]); y is the sigmoid's output.
func (k *Core) SigmoidGrad(dx, dy, y []float32) { each3(k.set.SigmoidGrad, dx, dy, y) }

// Tanh computes y[i] = tanh(x[i]), within 2 ulp.
func (k *Core) Tanh(y, x []float32) { each2(k.set.Tanh, y, x) }

// TanhGrad computes dx[i] = dy[i]·(1-y[i]²); y is tanh's output.
func (k *Core) TanhGrad(dx, dy, y []float32) { each3(k.set.TanhGrad, dx, dy, y) }

// Residual computes d[i] = a·(y[i]-t[i]): the gradient of a squared error. A magnitude
// below 2⁻¹⁰⁰ becomes 0, which no weight can notice: what a layer makes of it might be
// subnormal, and slow.
func (k *Core) Residual(d, y, t []float32, a float32) { each3(with3(k.set.Residual, a), d, y, t) }

// each2 calls an element-wise kernel on two slices.
func each2(kernel micro.Map2, y, x []float32) {
	checkVectors(y, x)
	for lo, hi := range pieces(len(y)) {
		kernel(hi-lo, &y[lo], &x[lo])
	}
}

// with2 is a kernel on two slices and a scalar as one on the slices.
func with2(kernel micro.Map2x1, a float32) micro.Map2 {
	return func(n int, y, x *float32) { kernel(n, y, x, a) }
}

// each3 calls one on three.
func each3(kernel micro.Map3, z, x, y []float32) {
	checkVectors(z, x, y)
	for lo, hi := range pieces(len(z)) {
		kernel(hi-lo, &z[lo], &x[lo], &y[lo])
	}
}

// with3 is a kernel on three slices and a scalar as one on the slices.
func with3(kernel micro.Map3x1, a float32) micro.Map3 {
	return func(n int, z, x, y *float32) { kernel(n, z, x, y, a) }
}

// pieceSize bounds a call of an element-wise kernel to some 10 µs: Go cannot
// preempt assembly. It is a multiple of the partial results of a reduction.
const pieceSize = 1 << 14

// pieces cuts n elements into pieces: from lo to hi-1.
func pieces(n int) iter.Seq2[int, int] {
	return func(yield func(lo, hi int) bool) {
		for lo := 0; lo < n; lo += pieceSize {
			if !yield(lo, min(lo+pieceSize, n)) {
				return
			}
		}
	}
}

// checkVectors panics unless the slices have one length and out is the same as,
// or apart from, each of the others.
func checkVectors(out []float32, in ...[]float32) {
	for _, x := range in {
		if len(x) != len(out) {
			panic(badLength)
		}
		if overlap(out, x) && &out[0] != &x[0] {
			panic(badOverlap)
		}
	}
}

// overlap reports whether two slices share memory.
func overlap(x, y []float32) bool {
	px, py := uintptr(unsafe.Pointer(unsafe.SliceData(x))), uintptr(unsafe.Pointer(unsafe.SliceData(y)))
	return len(x) > 0 && len(y) > 0 && px < py+4*uintptr(len(y)) && py < px+4*uintptr(len(x))
}
