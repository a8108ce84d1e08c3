package digit

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// ErrEmpty is returned by [Prepare] for a picture of one colour, near enough.
var ErrEmpty = errors.New("digit: nothing in the picture stands out from its background")

// Grey levels, of 255.
const (
	// minContrast is how far the digit must stand out from the background.
	minContrast = 16
	// noise is the ink, where the most is 255, up to which a pixel counts as
	// background, and faint that up to which it is not part of the digit's
	// bounding box. MNIST's own digits keep their size with both, also when
	// saved as JPEG, which surrounds them with noise.
	noise, faint = 24, 48
)

// Prepare returns the digit that img shows as MNIST would have it: height by
// width pixels, row-major, from 0 for the background to 255 for ink. The
// picture may be of any size and colours; the background, which is what its
// border is made of for the most part, may be light or dark. What is
// transparent is white.
//
// As in MNIST, the digit is cut out, scaled with its aspect ratio to 20/28 of
// the height and width, and placed with its centre of mass in the middle.
//
// The error is [ErrEmpty], or is about a height or width below 1.
func Prepare(img image.Image, height, width int) ([]uint8, error) {
	if height < 1 || width < 1 {
		return nil, fmt.Errorf("digit: cannot prepare %d×%d pixels", height, width)
	}
	ink := grey(img)
	if err := toInk(ink); err != nil {
		return nil, err
	}
	digit := scale(ink, boundingBox(ink), inner(height), inner(width))
	if err := brighten(digit); err != nil {
		return nil, err
	}
	return centre(digit, height, width), nil
}

// inner returns the part of a side that MNIST gives to the digit.
func inner(side int) int {
	return max(1, int(math.Round(float64(side)*20/28)))
}

// grey returns img over white, in levels of grey, from (0, 0) on.
func grey(img image.Image) *image.Gray {
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(g, g.Rect, img, b.Min, draw.Over)
	return g
}

// toInk changes levels of grey to ink: the background to 0, and what differs
// most from it to 255.
func toInk(g *image.Gray) error {
	if g.Rect.Empty() {
		return ErrEmpty
	}
	background := borderMedian(g)
	darkest, lightest := background, background
	for _, v := range g.Pix {
		darkest, lightest = min(darkest, int(v)), max(lightest, int(v))
	}
	sign, contrast := 1, lightest-background
	if background-darkest > contrast {
		sign, contrast = -1, background-darkest
	}
	if contrast < minContrast {
		return ErrEmpty
	}
	var ink [256]uint8
	for v := range ink {
		level := (sign*(v-background)*255 + contrast/2) / contrast
		if level > noise {
			ink[v] = uint8(min(level, 255))
		}
	}
	for i, v := range g.Pix {
		g.Pix[i] = ink[v]
	}
	return nil
}

// borderMedian returns the median level of the outermost pixels.
func borderMedian(g *image.Gray) int {
	var count [256]int
	total := 0
	add := func(x, y int) {
		count[g.GrayAt(x, y).Y]++
		total++
	}
	right, bottom := g.Rect.Dx()-1, g.Rect.Dy()-1
	for x := range right + 1 {
		add(x, 0)
		add(x, bottom)
	}
	for y := range bottom + 1 {
		add(0, y)
		add(right, y)
	}
	level := 0
	for seen := count[0]; 2*seen < total; seen += count[level] {
		level++
	}
	return level
}

// boundingBox returns the smallest rectangle with all but faint ink, of which
// there must be some.
func boundingBox(ink *image.Gray) image.Rectangle {
	var box image.Rectangle
	width := ink.Rect.Dx()
	for i, v := range ink.Pix {
		if v > faint {
			x, y := i%width, i/width
			box = box.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return box
}

// scale returns the part of ink in box, made to fit height and width.
func scale(ink *image.Gray, box image.Rectangle, height, width int) *image.Gray {
	h, w := float64(box.Dy()), float64(box.Dx())
	factor := min(float64(height)/h, float64(width)/w)
	h, w = max(1, math.Round(h*factor)), max(1, math.Round(w*factor))
	out := image.NewGray(image.Rect(0, 0, int(w), int(h)))
	draw.CatmullRom.Scale(out, out.Rect, ink, box, draw.Src, nil)
	return out
}

// brighten stretches levels so that the most ink is 255: scaled down, a thin
// stroke is faint all over.
func brighten(digit *image.Gray) error {
	most := int(slices.Max(digit.Pix))
	if most == 0 {
		return ErrEmpty // specks far apart
	}
	for i, v := range digit.Pix {
		digit.Pix[i] = uint8((int(v)*255 + most/2) / most)
	}
	return nil
}

// centre returns height by width pixels with the digit's centre of mass in
// the middle, as far as the digit fits.
func centre(digit *image.Gray, height, width int) []uint8 {
	x, y := centreOfMass(digit)
	h, w := digit.Rect.Dy(), digit.Rect.Dx()
	top, left := place(y, h, height), place(x, w, width)
	out := make([]uint8, height*width)
	for row := range h {
		copy(out[(top+row)*width+left:], digit.Pix[row*w:(row+1)*w])
	}
	return out
}

// place returns where a length starts in a longer one so that its point mass
// is in the middle. The middle of 28 pixels is pixel 14, as in MNIST.
func place(mass float64, length, side int) int {
	start := int(math.Round(float64(side)/2 - mass))
	return min(max(start, 0), side-length)
}

// centreOfMass returns the mean position of the ink, in pixels counted from
// 0. There must be some.
func centreOfMass(digit *image.Gray) (x, y float64) {
	var sum, sumX, sumY float64
	width := digit.Rect.Dx()
	for i, v := range digit.Pix {
		sum += float64(v)
		sumX += float64(v) * float64(i%width)
		sumY += float64(v) * float64(i/width)
	}
	return sumX / sum, sumY / sum
}
