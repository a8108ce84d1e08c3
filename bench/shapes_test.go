package bench

import (
	"fmt"
	"math/rand/v2"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A shape is a product c = a·b of an m × k and a k × n matrix. The letters of
// op say of a and b whether they lie in memory as they are (n) or transposed (t).
type shape struct {
	name    string
	m, k, n int
	op      string
	weights bool // b are weights, which many products have in common
}

// shapes are the products of the reference model, forward, back to the inputs
// (dX) and to the weights (dW) of its layers, in batches of 32 (b32) and others;
// and squares, which libraries are usually compared by.
var shapes = []shape{
	{"fwd1_b32", 32, 784, 256, "nn", true},
	{"dW1_b32", 784, 32, 256, "tn", false},
	{"fwd2_b32", 32, 256, 128, "nn", true},
	{"dX2_b32", 32, 128, 256, "nt", true},
	{"dW2_b32", 256, 32, 128, "tn", false},
	{"fwd3_b32", 32, 128, 10, "nn", true},
	{"dX3_b32", 32, 10, 128, "nt", true},
	{"dW3_b32", 128, 32, 10, "tn", false},
	{"fwd1_b128", 128, 784, 256, "nn", true},
	{"dW1_b128", 784, 128, 256, "tn", false},
	{"fwd2_b128", 128, 256, 128, "nn", true},
	{"fwd1_b1024", 1024, 784, 256, "nn", true},
	{"dW1_b1024", 784, 1024, 256, "tn", false},
	{"fwd1_b1", 1, 784, 256, "nn", false},
	{"sq64", 64, 64, 64, "nn", false},
	{"sq128", 128, 128, 128, "nn", false},
	{"sq256", 256, 256, 256, "nn", false},
	{"sq512", 512, 512, 512, "nn", false},
	{"sq1024", 1024, 1024, 1024, "nn", false},
	{"sq2048", 2048, 2048, 2048, "nn", false},
	{"sq1024_nt", 1024, 1024, 1024, "nt", false},
	{"sq1024_tn", 1024, 1024, 1024, "tn", false},
}

func (s shape) String() string { return fmt.Sprintf("m=%d/k=%d/n=%d/op=%s", s.m, s.k, s.n, s.op) }

// flops counts the multiplications and additions.
func (s shape) flops() float64 { return 2 * float64(s.m) * float64(s.k) * float64(s.n) }

func (s shape) transA() bool { return s.op[0] == 't' }
func (s shape) transB() bool { return s.op[1] == 't' }

// lda and ldb are the lengths of the rows in memory.
func (s shape) lda() int {
	if s.transA() {
		return s.m
	}
	return s.k
}

func (s shape) ldb() int {
	if s.transB() {
		return s.k
	}
	return s.n
}

// A product is a shape with its operands as they lie in memory.
type product struct {
	shape
	a, b, c []float32
}

// newProduct fills the operands with random numbers.
func newProduct(s shape) product {
	p := product{s, floats(s.m * s.k), floats(s.k * s.n), floats(s.m * s.n)}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, x := range [][]float32{p.a, p.b} {
		for i := range x {
			x[i] = rnd.Float32() - 0.5
		}
	}
	return p
}

// withOutput is the same product into a c of its own.
func (p product) withOutput() product {
	p.c = floats(len(p.c))
	return p
}

// mats are the operands as the kernels take them.
func (p product) mats() (a, b, c kernels.Mat) {
	return mat(p.a, p.m, p.k, p.transA()), mat(p.b, p.k, p.n, p.transB()), kernels.View(p.c, p.m, p.n)
}

func mat(data []float32, rows, cols int, transposed bool) kernels.Mat {
	if transposed {
		return kernels.View(data, cols, rows).T()
	}
	return kernels.View(data, rows, cols)
}

// floats returns n zeros that begin at a cache line.
func floats(n int) []float32 {
	const line = 64
	x := make([]float32, n+line/4)
	skip := (line - uintptr(unsafe.Pointer(&x[0]))%line) % line / 4
	return x[skip : int(skip)+n : int(skip)+n]
}
