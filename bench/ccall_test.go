//go:build (linux || darwin) && (amd64 || arm64)

package bench

import (
	"math"
	"unsafe"

	"github.com/ebitengine/purego"
)

// purego's ways into C cost 70 ns for integers (SyscallN), but 1 µs and garbage
// once floats are among them (RegisterFunc): longer than some of the products.
// What they call below costs 35 ns.

//go:linkname cgocall runtime.cgocall
func cgocall(function uintptr, argument unsafe.Pointer) int32

//go:linkname trampoline github.com/ebitengine/purego.syscallXABI0
var trampoline uintptr

// A block is what the trampoline takes, and where it leaves the results:
// purego's syscallArgs. TestCall fails if a new version changes it.
type block struct {
	function uintptr
	words    [32]uintptr
	floats   [8]uintptr
	_        uintptr
}

// A call is a C function with its arguments.
type call struct {
	block  block
	result block
	memory []any // that the arguments point to
}

// newCall prepares the call of a function whose arguments are integers and
// addresses (words), and floats among them.
func newCall(function uintptr, words []uintptr, floats []float32, memory ...any) *call {
	c := &call{block: block{function: function}, memory: memory}
	copy(c.block.words[:], words)
	for i, x := range floats {
		c.block.floats[i] = uintptr(math.Float32bits(x))
	}
	return c
}

func (c *call) run() {
	c.result = c.block
	cgocall(trampoline, unsafe.Pointer(&c.result))
}

// visitC returns a function that calls C for nothing: the cost of the way.
func visitC() (visit func(), err error) {
	getpagesize, err := purego.Dlsym(purego.RTLD_DEFAULT, "getpagesize")
	if err != nil {
		return nil, err
	}
	return newCall(getpagesize, nil, nil).run, nil
}

func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

// letter is the argument of BLAS for a matrix that is transposed, or is not.
func letter(transposed bool) byte {
	if transposed {
		return 'T'
	}
	return 'N'
}

// callFortran prepares sgemm_, whose arguments are addresses. It computes
// cᵀ = bᵀ·aᵀ, since Fortran stores matrices column after column.
func callFortran(sgemm uintptr, p product) *call {
	v := &struct {
		transA, transB    byte
		m, n, k, lda, ldb int64 // or their lower halves, which come first
		alpha, beta       float32
	}{letter(p.transA()), letter(p.transB()), int64(p.m), int64(p.n), int64(p.k), int64(p.lda()), int64(p.ldb()), 1, 0}
	return newCall(sgemm, []uintptr{
		address(&v.transB), address(&v.transA), address(&v.n), address(&v.m), address(&v.k),
		address(&v.alpha), address(&p.b[0]), address(&v.ldb), address(&p.a[0]), address(&v.lda),
		address(&v.beta), address(&p.c[0]), address(&v.n),
	}, nil, v, p)
}

// callDNNL prepares dnnl_sgemm, for matrices stored row after row.
func callDNNL(sgemm uintptr, p product) *call {
	alpha, beta := float32(1), float32(0)
	return newCall(sgemm, []uintptr{
		uintptr(letter(p.transA())), uintptr(letter(p.transB())), uintptr(p.m), uintptr(p.n), uintptr(p.k),
		address(&p.a[0]), uintptr(p.lda()), address(&p.b[0]), uintptr(p.ldb()), address(&p.c[0]), uintptr(p.n),
	}, []float32{alpha, beta}, p)
}
