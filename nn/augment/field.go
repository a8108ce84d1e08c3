package augment

import (
	"math"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// one is a pixel in the units of coordinates.
const one = 256

// A field computes, for every pixel of the new image, which point of the old one is
// shown there: an affine map and, if the image is elastic, random displacements.
//
// Both are sums of products of something that depends on the row and something that
// depends on the column, so that the coordinates are a product of two matrices,
//
//	x[row][column] = 1·(xx·X + x0) + Y·xy + Σᵢ down[row][i]·(Σⱼ u[i][j]·across[j][column])
//
// where X and Y are column and row as seen from the middle, and u the random numbers
// that down and across smooth. Those for y stand beside those for x.
type field struct {
	width, height int
	stride        int         // width and some unused columns, so that there are whole vectors
	nodes         int         // rows of random numbers; 0 if nothing is elastic
	left          kernels.Mat // height × 2+nodes: 1, Y, down
	across        kernels.Mat // columns of random numbers × stride
	offset        []float32   // brings the smoothed bytes to numbers around 0
}

// affineTerms is the number of products that make the affine map.
const affineTerms = 2

func newField(width, height int, e Elastic) *field {
	f := &field{width: width, height: height, stride: (width + 15) / 16 * 16}
	var down kernels.Mat
	if e.Alpha > 0 {
		down = smoother(height, e.Sigma, 1)
		across := smoother(width, e.Sigma, e.Alpha*one)
		f.nodes, f.across, f.offset = down.Cols, kernels.NewMat(across.Cols, f.stride), make([]float32, f.stride)
		for x := range width {
			for j, weight := range across.Row(x) {
				f.across.Set(j, x, weight)
				f.offset[x] -= float32(meanByte * weight)
			}
		}
	}
	f.left = kernels.NewMat(height, affineTerms+f.nodes)
	for y := range height {
		row := f.left.Row(y)
		row[0], row[1] = 1, float32(float64(y)-middle(height))
		if f.nodes > 0 {
			copy(row[affineTerms:], down.Row(y))
		}
	}
	return f
}

// middle is where the middle of n pixels is.
func middle(n int) float64 { return float64(n-1) / 2 }

// smoother returns the matrix (n × nodes) that smooths random numbers at nodes
// ⌊sigma⌋ pixels apart along n pixels: Gaussian weights times scale, and times the
// root of the distance, because a node counts as much as so many. Nodes that are
// more than 2·sigma outside would add next to nothing.
func smoother(n int, sigma, scale float64) kernels.Mat {
	apart := math.Floor(sigma)
	nodes := int(math.Ceil((float64(n-1)+float64(4*sigma))/apart)) + 1
	m := kernels.NewMat(n, nodes)
	for i := range n {
		for j := range nodes {
			d := (float64(i) - middle(n) - float64((float64(j)-middle(nodes))*apart)) / sigma
			m.Set(i, j, float32(-d*d/2))
		}
	}
	k := kernels.NewCore(kernels.Generic) // its exponential has the same bits on every machine
	k.Exp(m.Data, m.Data)
	k.Scale(m.Data, m.Data, float32(scale*math.Sqrt(apart)/(math.Sqrt(2*math.Pi)*sigma)))
	return m
}

// A byte b stands for the number b/byteUnit - meanByte, from -1 to 1.
const (
	byteUnit = 128
	meanByte = 255.0 / 256
)

// A fieldBuffer is what one goroutine computes coordinates in.
type fieldBuffer struct {
	bytes  []uint8
	random kernels.Mat // 2·nodes × columns of random numbers: rows for x and y in turn
	right  kernels.Mat // 2+nodes × 2·stride
	coords kernels.Mat // height × 2·stride: of x, then of y, in units of 1/256 pixel
}

func (f *field) newBuffer() fieldBuffer {
	n := 2 * f.nodes * f.across.Rows
	return fieldBuffer{
		bytes:  make([]uint8, (n+7)/8*8),
		random: kernels.NewMat(2*f.nodes, f.across.Rows),
		right:  kernels.NewMat(affineTerms+f.nodes, 2*f.stride),
		coords: kernels.NewMat(f.height, 2*f.stride),
	}
}

// fill computes the coordinates of every pixel, counted from the first pixel of the
// old image's margin. The random displacements come from r.
func (f *field) fill(k *kernels.Core, b *fieldBuffer, a affine, r *random) {
	f.fillAffine(b.right.Row(0), b.right.Row(1), a)
	if f.nodes > 0 {
		r.bytes(b.bytes)
		k.Pixels(b.random.Data, b.bytes[:len(b.random.Data)], byteUnit)
		smoothed := kernels.View(b.right.Data[affineTerms*b.right.Cols:], b.random.Rows, f.stride)
		k.Gemm(1, b.random, f.across, 0, smoothed, kernels.Epilogue{Bias: f.offset})
	}
	k.Gemm(1, f.left, b.right, 0, b.coords, kernels.Epilogue{})
}

// fillAffine sets the terms of the affine map: those of 1, and of Y. Half a unit
// makes truncation round to the nearest.
func (f *field) fillAffine(ones, ys []float32, a affine) {
	x0 := float64(one*(middle(f.width)+margin+a.x0)) + 0.5
	y0 := float64(one*(middle(f.height)+margin+a.y0)) + 0.5
	for i := range f.width {
		x := float64(i) - middle(f.width)
		ones[i] = float32(x0 + float64(one*a.xx*x))
		ones[f.stride+i] = float32(y0 + float64(one*a.yx*x))
		ys[i] = float32(one * a.xy)
		ys[f.stride+i] = float32(one * a.yy)
	}
}
