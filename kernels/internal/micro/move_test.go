package micro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// moves are the kernels that move matrices, of a tier and of the generic one.
func moves(s *Set) map[string][2]MoveFunc {
	return map[string][2]MoveFunc{
		"Copy":      {s.Copy, copyGeneric},
		"Transpose": {s.Transpose, transposeGeneric},
	}
}

// checkMove moves a random matrix between guarded operands and compares with the
// generic kernel, gaps between rows included.
func checkMove(t *testing.T, name string, f [2]MoveFunc, rnd *rand.Rand, rows, cols int) {
	t.Helper()
	out, in := cols, rows // of dst
	if name == "Copy" {
		out, in = rows, cols
	}
	rss, rsd := cols+rnd.IntN(5), in+rnd.IntN(5)
	side, alpha := guard.Side(rnd.IntN(2)), []float32{1, -0.7}[rnd.IntN(2)]
	matrix := func(rows, cols, rs int) []float32 {
		if rows == 0 || cols == 0 {
			return nil
		}
		x := make([]float32, (rows-1)*rs+cols)
		fill(rnd, x)
		return x
	}
	src, dst := matrix(rows, cols, rss), matrix(out, in, rsd)
	gsrc, got, want := guarded(t, src, side), guarded(t, dst, side), slices.Clone(dst)
	f[0](rows, cols, unsafe.SliceData(got), rsd, unsafe.SliceData(gsrc), rss, alpha, rnd.IntN(5)*rss)
	f[1](rows, cols, unsafe.SliceData(want), rsd, unsafe.SliceData(src), rss, alpha, rnd.IntN(5)*rss)
	what := fmt.Sprintf("%s of %d × %d, rss %d, rsd %d", name, rows, cols, rss, rsd)
	suite.RequireSame(t, what, got, want)
	suite.RequireSame(t, what+": src", gsrc, src)
}

func TestMovesMatchGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		rnd := rand.New(rand.NewPCG(7, 8))
		for name, f := range moves(s) {
			for rows := range 36 {
				for cols := range 36 {
					checkMove(t, name, f, rnd, rows, cols)
				}
			}
		}
	})
}

// A copy onto itself scales.
func TestCopyInPlace(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		x := make([]float32, 5*20)
		fill(rand.New(rand.NewPCG(9, 9)), x)
		want := slices.Clone(x)
		s.Copy(5, 17, &x[0], 20, &x[0], 20, -3, 0)
		copyGeneric(5, 17, &want[0], 20, &want[0], 20, -3, 0)
		suite.RequireSame(t, "copy in place", x, want)
	})
}

func FuzzMoves(f *testing.F) {
	f.Add(uint64(1), uint8(17), uint8(33))
	f.Fuzz(func(t *testing.T, seed uint64, rows, cols uint8) {
		for _, s := range usable()[1:] {
			for name, f := range moves(&s) {
				checkMove(t, name, f, rand.New(rand.NewPCG(seed, 2)), int(rows), int(cols))
			}
		}
	})
}

func BenchmarkMoves(b *testing.B) {
	for _, s := range usable() {
		for name, f := range moves(&s) {
			for _, size := range [][2]int{{32, 256}, {6, 256}, {14, 256}, {32, 10}, {10, 32}} {
				rows, cols := size[0], size[1]
				b.Run(fmt.Sprintf("tier=%s/kernel=%s/rows=%d/cols=%d", s.Name, name, rows, cols), func(b *testing.B) {
					src, dst := make([]float32, rows*cols), make([]float32, rows*cols)
					rsd := rows
					if name == "Copy" {
						rsd = cols
					}
					b.SetBytes(int64(8 * rows * cols))
					for b.Loop() {
						f[0](rows, cols, &dst[0], rsd, &src[0], cols, 1, 0)
					}
				})
			}
		}
	}
}
