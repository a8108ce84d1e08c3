package blas_test

import (
	"fmt"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mnist-fast/mnist-fast/kernels/blas"
)

// compare measures one call of this package and of gonum, side by side, and
// reports the rate of something done n times a call. The ratios are what
//
//	go test -run '^$' -bench . ./kernels/blas | go tool benchstat -col /impl -
//
// shows.
func compare(b *testing.B, name string, n int, unit string, call func(gonumblas.Float32)) {
	for _, impl := range []struct {
		name string
		gonumblas.Float32
	}{{"ours", &blas.Implementation{}}, {"gonum", gonum.Implementation{}}} {
		b.Run(name+"/impl="+impl.name, func(b *testing.B) {
			for b.Loop() {
				call(impl.Float32)
			}
			b.ReportMetric(float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), unit)
		})
	}
}

func numbers(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i%17)/8 - 1
	}
	return x
}

func BenchmarkSgemm(b *testing.B) {
	for _, n := range []int{8, 16, 32, 64, 128, 256, 512, 1024} {
		x, y, z := numbers(n*n), numbers(n*n), numbers(n*n)
		compare(b, fmt.Sprintf("n=%d", n), 2*n*n*n, "GFLOP/s", func(impl gonumblas.Float32) {
			impl.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, z, n)
		})
	}
}

func BenchmarkSgemmTrans(b *testing.B) {
	const n = 256
	x, y, z := numbers(n*n), numbers(n*n), numbers(n*n)
	for _, op := range []struct {
		name   string
		tA, tB gonumblas.Transpose
	}{{"tn", blas.Trans, blas.NoTrans}, {"nt", blas.NoTrans, blas.Trans}, {"tt", blas.Trans, blas.Trans}} {
		compare(b, "op="+op.name, 2*n*n*n, "GFLOP/s", func(impl gonumblas.Float32) {
			impl.Sgemm(op.tA, op.tB, n, n, n, 1, x, n, y, n, 0, z, n)
		})
	}
}

// Products of many goroutines at once.
func BenchmarkSgemmParallel(b *testing.B) {
	const n = 256
	for _, impl := range []struct {
		name string
		gonumblas.Float32
	}{{"ours", &blas.Implementation{}}, {"gonum", gonum.Implementation{}}} {
		b.Run("impl="+impl.name, func(b *testing.B) {
			b.SetParallelism(4)
			b.RunParallel(func(pb *testing.PB) {
				x, y, z := numbers(n*n), numbers(n*n), numbers(n*n)
				for pb.Next() {
					impl.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, z, n)
				}
			})
			b.ReportMetric(2*n*n*n*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}

func BenchmarkMatrixVector(b *testing.B) {
	for _, s := range []struct{ m, n int }{{16, 16}, {64, 64}, {256, 256}, {784, 256}, {256, 784}, {1000, 32}, {32, 1000}, {1024, 1024}} {
		a, x, y := numbers(s.m*s.n), numbers(s.m), numbers(s.n)
		size, flops := fmt.Sprintf("m=%d/n=%d", s.m, s.n), 2*s.m*s.n
		compare(b, "SgemvTrans/"+size, flops, "GFLOP/s", func(impl gonumblas.Float32) {
			impl.Sgemv(blas.Trans, s.m, s.n, 1, a, s.n, x, 1, 0, y, 1)
		})
		compare(b, "Sger/"+size, flops, "GFLOP/s", func(impl gonumblas.Float32) {
			impl.Sger(s.m, s.n, 1e-9, x, 1, y, 1, a, s.n)
		})
	}
}

func BenchmarkVector(b *testing.B) {
	for _, n := range []int{64, 128, 512, 1024, 4096, 65536, 1 << 20} {
		x, y := numbers(n), numbers(n)
		for name, call := range map[string]func(gonumblas.Float32){
			"Snrm2": func(impl gonumblas.Float32) { impl.Snrm2(n, x, 1) },
			"Sasum": func(impl gonumblas.Float32) { impl.Sasum(n, x, 1) },
			"Sscal": func(impl gonumblas.Float32) { impl.Sscal(n, -1, x, 1) },
			"Saxpy": func(impl gonumblas.Float32) { impl.Saxpy(n, 1e-9, x, 1, y, 1) },
		} {
			compare(b, fmt.Sprintf("%s/n=%d", name, n), n, "elem/ns", call)
		}
	}
}
