package augment

import (
	"fmt"
	"math"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// still is the pose that changes nothing.
var still = pose{scaleX: 1, scaleY: 1}

// displacements returns how far the pixels of n fields move, in pixels: of each
// field those in x, then those in y, row by row.
func displacements(n, width, height int, e Elastic) [][]float64 {
	f := newField(width, height, e)
	b, k := f.newBuffer(), kernels.NewCore(kernels.Auto)
	fields := make([][]float64, 0, 2*n)
	for i := range n {
		var r random
		r.start(1, 1, i)
		f.fill(k, &b, still.inverse(), &r)
		xs, ys := make([]float64, 0, width*height), make([]float64, 0, width*height)
		for y := range height {
			row := b.coords.Row(y)
			for x := range width {
				xs = append(xs, (float64(row[x])-0.5)/one-margin-float64(x))
				ys = append(ys, (float64(row[f.stride+x])-0.5)/one-margin-float64(y))
			}
		}
		fields = append(fields, xs, ys)
	}
	return fields
}

// covariance of displacements at two pixels; their mean is 0.
func covariance(fields [][]float64, i, j int) float64 {
	sum := 0.0
	for _, f := range fields {
		sum += f[i] * f[j]
	}
	return sum / float64(len(fields))
}

// simard is the covariance of displacements dx and dy apart by his definition:
// a number from -1 to 1 at every pixel, smoothed and multiplied.
func simard(e Elastic, dx, dy int) float64 {
	along := func(d int) float64 {
		sum, norm := 0.0, 0.0
		for i := -60; i <= 60; i++ {
			g := func(x int) float64 { return math.Exp(-float64(x*x) / (2 * e.Sigma * e.Sigma)) }
			sum += g(i) * g(i+d)
			norm += g(i)
		}
		return sum / (norm * norm)
	}
	return e.Alpha * e.Alpha / 3 * along(dx) * along(dy)
}

// The displacements have the variances and the correlations of those of numbers at
// every pixel, in the middle and in the corner.
func TestElasticFieldIsSimards(t *testing.T) {
	const width, height, n = 29, 20, 4000
	for _, e := range []Elastic{{Alpha: 34, Sigma: 4}, {Alpha: 8, Sigma: 1}, {Alpha: 36, Sigma: 5.9}} {
		t.Run(fmt.Sprintf("sigma=%v", e.Sigma), func(t *testing.T) {
			fields := displacements(n, width, height, e)
			variance := simard(e, 0, 0)
			if formula := e.Alpha / (2 * math.Sqrt(3*math.Pi) * e.Sigma); math.Abs(math.Sqrt(variance)/formula-1) > 1e-3 {
				t.Errorf("standard deviation %v, but %v by the formula", math.Sqrt(variance), formula)
			}
			for _, at := range [][2]int{{0, 0}, {14, 10}, {13, 9}, {20, 4}} {
				for _, d := range [][2]int{{0, 0}, {1, 0}, {0, 1}, {3, 0}, {2, 3}, {8, 0}, {0, 8}} {
					i := at[1]*width + at[0]
					got := covariance(fields, i, i+d[1]*width+d[0]) / variance
					want := simard(e, d[0], d[1]) / variance
					if math.Abs(got-want) > 0.07 { // of 8000 products: standard deviation 0.016 at most
						t.Errorf("at %v, %v apart: correlation %.3f, want %.3f", at, d, got, want)
					}
				}
			}
		})
	}
}

// Both directions and different samples move on their own, by 0 on average.
func TestElasticFieldsAreIndependent(t *testing.T) {
	const n = 4000
	e := Elastic{Alpha: 34, Sigma: 4}
	fields := displacements(n, 28, 28, e)
	const at = 14*28 + 14
	var mean, cross float64
	for i := 0; i < len(fields); i += 2 {
		mean += (fields[i][at] + fields[i+1][at]) / (2 * n)
		cross += fields[i][at] * fields[i+1][at] / n
	}
	variance := simard(e, 0, 0)
	if math.Abs(mean) > 4*math.Sqrt(variance/(2*n)) {
		t.Errorf("mean %v", mean)
	}
	if math.Abs(cross)/variance > 4/math.Sqrt(n) {
		t.Errorf("correlation of x and y %v", cross/variance)
	}
}
