package digit

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"golang.org/x/image/draw"
)

// testImages returns the first n test images of MNIST.
func testImages(t *testing.T, n int) []*image.Gray {
	t.Helper()
	data, err := mnist.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := data.Test.Slice(0, n)
	var images []*image.Gray
	for pixels := range slices.Chunk(s.Images, s.Features()) {
		images = append(images, &image.Gray{Pix: pixels, Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)})
	}
	return images
}

// inverted returns img black on white.
func inverted(img *image.Gray) *image.Gray {
	out := image.NewGray(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = 255 - v
	}
	return out
}

// enlarged returns img ten times as large, off the centre of a larger picture.
func enlarged(img *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, 500, 400))
	draw.Draw(out, out.Rect, image.NewUniform(img.GrayAt(0, 0)), image.Point{}, draw.Src)
	draw.NearestNeighbor.Scale(out, image.Rect(200, 30, 480, 310), img, img.Rect, draw.Src, nil)
	return out
}

// dimmed returns img in levels of grey from 90 to 217.
func dimmed(img *image.Gray) *image.Gray {
	out := image.NewGray(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = 90 + v/2
	}
	return out
}

func TestPrepareGivesMNISTBack(t *testing.T) {
	images := testImages(t, 20)
	same := func(img *image.Gray) *image.Gray { return img }
	invertedEnlarged := func(img *image.Gray) *image.Gray { return enlarged(inverted(img)) }
	for _, test := range []struct {
		name   string
		change func(*image.Gray) *image.Gray
		save   func(testing.TB, image.Image) []byte
		limit  float64 // mean absolute difference, of 255
	}{
		{"as it is", same, pngFile, 1},
		{"inverted", inverted, pngFile, 1},
		{"dimmed", dimmed, pngFile, 1},
		{"enlarged", enlarged, pngFile, 3},
		{"inverted and enlarged", invertedEnlarged, pngFile, 3},
		{"JPEG", same, jpegFile, 2},
		{"enlarged JPEG", enlarged, jpegFile, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			sum := 0.0
			for _, img := range images {
				decoded, err := Decode(bytes.NewReader(test.save(t, test.change(img))))
				if err != nil {
					t.Fatal(err)
				}
				pixels, err := Prepare(decoded, 28, 28)
				if err != nil {
					t.Fatal(err)
				}
				sum += difference(pixels, img.Pix)
			}
			mean := sum / float64(len(images))
			t.Logf("mean absolute difference %.2f", mean)
			if mean > test.limit {
				t.Errorf("mean absolute difference %.2f, limit %.2f", mean, test.limit)
			}
		})
	}
}

// difference returns the mean absolute difference of a and b.
func difference(a, b []uint8) float64 {
	sum := 0.0
	for i := range a {
		sum += math.Abs(float64(a[i]) - float64(b[i]))
	}
	return sum / float64(len(a))
}

func TestPrepareFillsTheBoxAndCentresIt(t *testing.T) {
	for _, test := range []struct {
		height, width int
		want          image.Rectangle // of the ink of a stroke of 16×100
	}{
		{28, 28, image.Rect(13, 5, 16, 25)},
		{56, 56, image.Rect(26, 9, 32, 49)},
		{28, 14, image.Rect(6, 5, 9, 25)},
		{14, 28, image.Rect(14, 3, 16, 13)},
		{1, 1, image.Rect(0, 0, 1, 1)},
	} {
		pixels, err := Prepare(stroke(80, 200), test.height, test.width)
		if err != nil {
			t.Fatal(err)
		}
		ink := &image.Gray{Pix: pixels, Stride: test.width, Rect: image.Rect(0, 0, test.width, test.height)}
		if got := boundingBox(ink); got != test.want {
			t.Errorf("%d×%d: ink in %v, want %v", test.height, test.width, got, test.want)
		}
	}
}

func TestPrepareTakesTheBackgroundFromTheBorder(t *testing.T) {
	want, err := Prepare(stroke(80, 200), 28, 28)
	if err != nil {
		t.Fatal(err)
	}
	transparent := image.NewNRGBA(image.Rect(-7, -9, 73, 191)) // off the origin
	palette := image.NewPaletted(image.Rect(0, 0, 80, 200), color.Palette{color.RGBA{200, 40, 40, 255}, color.RGBA{20, 20, 90, 255}})
	img := stroke(80, 200)
	for y := range 200 {
		for x := range 80 {
			if img.GrayAt(x, y).Y == 0 {
				transparent.Set(x-7, y-9, color.Black)
				palette.SetColorIndex(x, y, 1)
			}
		}
	}
	for name, img := range map[string]image.Image{
		"white on black":       inverted(img),
		"dim":                  dimmed(img),
		"dim, white on black":  dimmed(inverted(img)),
		"black on transparent": transparent,
		"blue on red":          palette,
	} {
		got, err := Prepare(img, 28, 28)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s: not what black on white gives", name)
		}
	}
}

func TestPrepareOverlooksNoise(t *testing.T) {
	img := stroke(80, 200)
	want, err := Prepare(img, 28, 28)
	if err != nil {
		t.Fatal(err)
	}
	for i := range img.Pix {
		if img.Pix[i] == 255 && i%7 == 0 {
			img.Pix[i] = 255 - noise
		}
	}
	got, err := Prepare(img, 28, 28)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("noise changes the digit")
	}
}

func TestPrepareBringsOutThinStrokes(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 1000, 1000))
	for i := range 800 {
		img.Pix[(100+i)*img.Stride+100+i] = 255
	}
	pixels, err := Prepare(img, 28, 28)
	if err != nil {
		t.Fatal(err)
	}
	if most := slices.Max(pixels); most != 255 {
		t.Errorf("the most ink is %d, want 255", most)
	}
}

func TestPrepareRefusesAnEmptyPicture(t *testing.T) {
	weak := image.NewGray(image.Rect(0, 0, 20, 20))
	weak.Pix[210] = minContrast - 1
	farApart := image.NewGray(image.Rect(0, 0, 16_000, 3))
	farApart.Pix[20_000], farApart.Pix[30_000] = 255, 255
	whiteOnTransparent := image.NewNRGBA(image.Rect(0, 0, 20, 20))
	whiteOnTransparent.Set(10, 10, color.White)
	for name, img := range map[string]image.Image{
		"black":                image.NewGray(image.Rect(0, 0, 20, 20)),
		"weak":                 weak,
		"specks far apart":     farApart,
		"no pixels":            image.NewGray(image.Rectangle{}),
		"one pixel":            image.NewGray(image.Rect(0, 0, 1, 1)),
		"white on transparent": whiteOnTransparent,
	} {
		if _, err := Prepare(img, 28, 28); !errors.Is(err, ErrEmpty) {
			t.Errorf("%s: error %v, want ErrEmpty", name, err)
		}
	}
}

func TestPrepareTakesExtremeShapes(t *testing.T) {
	for _, size := range []image.Point{{1, 2}, {2, 1}, {1, 5000}, {5000, 1}, {3, 3}} {
		img := image.NewGray(image.Rectangle{Max: size})
		img.Pix[0] = 255
		pixels, err := Prepare(img, 28, 28)
		if err != nil {
			t.Errorf("%v: %v", size, err)
		} else if slices.Max(pixels) == 0 {
			t.Errorf("%v: the ink is lost", size)
		}
	}
}

func TestPrepareRefusesABadSize(t *testing.T) {
	for _, size := range [][2]int{{0, 28}, {28, 0}, {-1, -1}} {
		if _, err := Prepare(stroke(20, 20), size[0], size[1]); err == nil {
			t.Errorf("%d×%d: no error", size[0], size[1])
		}
	}
}
