package bench

import (
	"errors"
	"math"
	"strings"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels"
)

func TestShapesAreDistinctProducts(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range shapes {
		if min(s.m, s.k, s.n) < 1 || strings.Trim(s.op, "nt") != "" || len(s.op) != 2 {
			t.Errorf("%+v is no product", s)
		}
		for _, name := range []string{s.name, s.String()} {
			if seen[name] {
				t.Errorf("%s is there twice", name)
			}
			seen[name] = true
		}
	}
}

// Element (i, p) of a lies where its op says, and so does element (p, j) of b.
func TestOperandsLieAsTheOpSays(t *testing.T) {
	for _, op := range []string{"nn", "nt", "tn", "tt"} {
		p := newProduct(shape{m: 3, k: 5, n: 7, op: op})
		a, b, c := p.mats()
		if a.Rows != 3 || a.Cols != 5 || b.Rows != 5 || b.Cols != 7 || c.Rows != 3 || c.Cols != 7 {
			t.Fatalf("%s: %d × %d by %d × %d is %d × %d", op, a.Rows, a.Cols, b.Rows, b.Cols, c.Rows, c.Cols)
		}
		at := func(data []float32, stride, row, col int, transposed bool) float32 {
			if transposed {
				row, col = col, row
			}
			return data[row*stride+col]
		}
		if a.At(1, 4) != at(p.a, p.lda(), 1, 4, p.transA()) || b.At(4, 2) != at(p.b, p.ldb(), 4, 2, p.transB()) {
			t.Errorf("%s: strides %d and %d do not lead to the elements", op, p.lda(), p.ldb())
		}
	}
}

func TestFloatsBeginAtACacheLine(t *testing.T) {
	for n := 1; n < 100; n++ {
		x := floats(n)
		if len(x) != n || uintptr(unsafe.Pointer(&x[0]))%64 != 0 {
			t.Errorf("%d floats at %p, want %d", len(x), &x[0], n)
		}
	}
}

// small are products of every op that are computed in no time.
var small = []shape{{"nn", 5, 40, 6, "nn", true}, {"nt", 5, 40, 6, "nt", true}, {"tn", 5, 40, 6, "tn", false}, {"tt", 5, 40, 6, "tt", false}}

// smallComparison is one of ours with gonum.
func smallComparison(t *testing.T, s ...shape) *comparison {
	c, err := newComparison(options{tier: kernels.Best(), workers: 2, packs: true, shapes: s, peers: []string{gonumName}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	return c
}

func TestComparison(t *testing.T) {
	c := smallComparison(t, small[1:3]...)
	c.round()
	r := c.report()
	for _, row := range r.rows {
		for i, x := range append(row.gflops, row.ceiling, row.gonum) {
			if !(x > 0) || math.IsInf(x, 0) {
				t.Errorf("%s: result %d is %v GFLOP/s", row.name, i, x)
			}
		}
	}
}

// A contestant that computes something else, or nothing, does not count.
func TestWrongResultsAreRefused(t *testing.T) {
	core := kernels.NewCore(kernels.Generic)
	compute := func(change func(p product)) func(p product) func() {
		return func(p product) func() {
			a, b, c := p.mats()
			return func() {
				core.Gemm(1, a, b, 0, c, kernels.Epilogue{})
				change(p)
			}
		}
	}
	for name, prepare := range map[string]func(p product) func(){
		"nothing":           func(product) func() { return func() {} },
		"NaN":               compute(func(p product) { p.c[3] = float32(math.NaN()) }),
		"one element wrong": compute(func(p product) { p.c[len(p.c)-1] += 1e-3 }),
		"sum":               compute(func(p product) { double(p.c) }),
		"a as if stored the other way": func(p product) func() {
			p.op = map[string]string{"nn": "tn", "nt": "tt", "tn": "nn", "tt": "nt"}[p.op]
			return compute(func(product) {})(p)
		},
	} {
		c := smallComparison(t)
		c.add(&contestant{name: gonumName, prepare: prepare})
		for _, s := range small {
			if err := c.addTrial(s); err == nil {
				t.Errorf("%s, %s: no error", name, s.op)
			}
		}
	}
	c := smallComparison(t)
	c.add(&contestant{name: gonumName, prepare: compute(func(product) {})})
	if err := c.addTrial(small[0]); err != nil {
		t.Errorf("the right result: %v", err)
	}
}

// double makes of a product one that was added to itself.
func double(c []float32) {
	for i := range c {
		c[i] *= 2
	}
}

func TestNothingInstalled(t *testing.T) {
	hideLibraries(t)
	o := options{tier: kernels.Generic, workers: 1}
	if err := o.selectPeers(""); err != nil {
		t.Fatal(err)
	}
	_, err := newComparison(o)
	if !errors.Is(err, errNotFound) || !strings.Contains(err.Error(), "-peers.with") {
		t.Errorf("no library: error %v", err)
	}
}

// A library that is asked for by name is not passed over.
func TestNamedLibraryIsMissing(t *testing.T) {
	hideLibraries(t)
	for _, name := range libraryNames() {
		o := options{tier: kernels.Generic, workers: 1}
		if err := o.selectPeers(name); err != nil {
			t.Fatal(err)
		}
		if _, err := newComparison(o); err == nil || errors.Is(err, errNotFound) || !strings.Contains(err.Error(), name) {
			t.Errorf("no %s: error %v", name, err)
		}
	}
}

func TestOptions(t *testing.T) {
	var o options
	if err := o.selectPeers("gonum"); err != nil || o.all || len(o.peers) != 1 || o.peers[0] != gonumName {
		t.Errorf("gonum: %+v, error %v", o, err)
	}
	if err := o.selectPeers("gonum,atlas"); err == nil || !strings.Contains(err.Error(), "atlas") {
		t.Errorf("unknown peer: error %v", err)
	}
	if s, err := selectShapes("^dW._b32$"); err != nil || len(s) != 3 {
		t.Errorf("^dW._b32$ selects %v, error %v", s, err)
	}
	for _, pattern := range []string{"none", "("} {
		if _, err := selectShapes(pattern); err == nil {
			t.Errorf("%s selects without an error", pattern)
		}
	}
}

// What one tier sets, every tier sets or unsets: nothing is left over.
func TestEnvironment(t *testing.T) {
	avx2 := options{tier: kernels.AVX2, workers: 2}.environment()
	avx512 := options{tier: kernels.AVX512, workers: 1}.environment()
	for key := range avx2 {
		if _, ok := avx512[key]; !ok || len(avx2) != len(avx512) {
			t.Errorf("%s is set for AVX2 only", key)
		}
	}
	for key, want := range map[string]string{"OPENBLAS_CORETYPE": "Haswell", "ONEDNN_MAX_CPU_ISA": "AVX2", "OMP_NUM_THREADS": "2"} {
		if avx2[key] != want {
			t.Errorf("AVX2: %s=%s, want %s", key, avx2[key], want)
		}
	}
}
