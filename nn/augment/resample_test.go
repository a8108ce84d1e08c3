package augment

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// noisy is an image of random pixels.
func noisy(width, height int) []uint8 {
	r := rand.New(rand.NewPCG(1, 2))
	pixels := make([]uint8, width*height)
	for i := range pixels {
		pixels[i] = uint8(r.IntN(256))
	}
	return pixels
}

// moved is the image in another pose.
func moved(tb testing.TB, image []uint8, width int, to pose) []uint8 {
	tb.Helper()
	m, err := New(nn.Bytes{Data: image, Columns: len(image), Divisor: 255}, width, Settings{}, 1)
	if err != nil {
		tb.Fatal(err)
	}
	dst := slices.Repeat([]uint8{77}, len(image))
	m.painter().move(kernels.NewCore(kernels.Auto), dst, image, to)
	return dst
}

// pixel is one of the image, or black.
func pixel(image []uint8, width, x, y int) float64 {
	if x < 0 || x >= width || y < 0 || y >= len(image)/width {
		return 0
	}
	return float64(image[y*width+x])
}

var sizes = [][2]int{{1, 1}, {1, 5}, {7, 1}, {8, 8}, {28, 28}, {33, 20}, {100, 130}}

// Poses that take pixels to pixels give exactly these.
func TestExactPoses(t *testing.T) {
	for _, size := range sizes {
		w, h := size[0], size[1]
		image := noisy(w, h)
		for _, c := range []struct {
			name string
			pose pose
			from func(x, y int) (int, int) // where a pixel comes from
		}{
			{"still", still, func(x, y int) (int, int) { return x, y }},
			{"shift", pose{scaleX: 1, scaleY: 1, x: 2, y: -3}, func(x, y int) (int, int) { return x - 2, y + 3 }},
			{"half turn", pose{scaleX: 1, scaleY: 1, rotation: 180}, func(x, y int) (int, int) { return w - 1 - x, h - 1 - y }},
			{"quarter turn", pose{scaleX: 1, scaleY: 1, rotation: 90}, func(x, y int) (int, int) { return y, h - 1 - x }},
			{"quarter turn back", pose{scaleX: 1, scaleY: 1, rotation: -90}, func(x, y int) (int, int) { return w - 1 - y, x }},
		} {
			if w != h && c.pose.rotation == 90 || w != h && c.pose.rotation == -90 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%d×%d", c.name, w, h), func(t *testing.T) {
				got := moved(t, image, w, c.pose)
				for i := range got {
					x, y := c.from(i%w, i/w)
					if want := pixel(image, w, x, y); float64(got[i]) != want {
						t.Fatalf("pixel (%d, %d) is %d, want %v", i%w, i/w, got[i], want)
					}
				}
			})
		}
	}
}

// Any pose gives the bilinear mean at the point that it takes to a pixel.
func TestPosesAgainstFloat64(t *testing.T) {
	var r random
	r.start(1, 0, 0)
	s := Settings{Shift: 4, Rotation: 180, Scale: 0.4, Shear: 0.5}
	for _, size := range sizes {
		w, h := size[0], size[1]
		image := noisy(w, h)
		for range 10 {
			p := s.draw(&r)
			got := moved(t, image, w, p)
			a := p.inverse()
			for i := range got {
				x, y := float64(i%w)-middle(w), float64(i/w)-middle(h)
				fromX, fromY := a.xx*x+a.xy*y+a.x0+middle(w), a.yx*x+a.yy*y+a.y0+middle(h)
				want := bilinear(image, w, fromX, fromY)
				// Rounding of coordinates moves the point by up to 1/512 pixel each way.
				if math.Abs(float64(got[i])-want) > 0.51+2*255.0/512 {
					t.Fatalf("%d×%d, %+v: pixel %d is %d, want %v", w, h, p, i, got[i], want)
				}
			}
		}
	}
}

func bilinear(image []uint8, w int, x, y float64) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	fx, fy := x-x0, y-y0
	at := func(dx, dy int) float64 { return pixel(image, w, int(x0)+dx, int(y0)+dy) }
	return (1-fy)*((1-fx)*at(0, 0)+fx*at(1, 0)) + fy*((1-fx)*at(0, 1)+fx*at(1, 1))
}
