package page

import (
	"bytes"
	"cmp"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A mistake is an image that the model takes for something else.
type mistake struct {
	Number              int // of the image, from 0
	Class, Taken        int
	Chance, TakenChance float64 // what the model gave them
	Picture             template.URL
}

// gallery counts the mistakes and returns the worst: those where the model gave
// the true class the least chance.
func gallery(p Page) (wrong int, worst []mistake, err error) {
	const most = 24
	for i, label := range p.Images.Labels {
		row := p.Outputs.Row(i)
		taken := nn.Argmax(row)
		if taken == int(label) {
			continue
		}
		wrong++
		if taken < 0 { // no output is a number
			continue
		}
		worst = append(worst, mistake{Number: i, Class: int(label), Taken: taken, Chance: float64(row[label]), TakenChance: float64(row[taken])})
	}
	slices.SortStableFunc(worst, func(a, b mistake) int { return cmp.Compare(a.Chance, b.Chance) })
	worst = worst[:min(most, len(worst))]
	for i := range worst {
		s := p.Images.Slice(worst[i].Number, worst[i].Number+1)
		img := &image.Gray{Pix: s.Images, Stride: s.Width, Rect: image.Rect(0, 0, s.Width, s.Height)}
		if worst[i].Picture, err = pngURL(img); err != nil {
			return 0, nil, err
		}
	}
	return wrong, worst, nil
}

// units draws the weights of units of the first layer as images.
func units(p Page) ([]template.URL, error) {
	const most = 64
	var urls []template.URL
	for unit := range min(most, p.Kernel.Cols) {
		img := image.NewPaletted(image.Rect(0, 0, p.Images.Width, p.Images.Height), diverging)
		var largest float32
		for i := range p.Kernel.Rows {
			largest = max(largest, abs(p.Kernel.At(i, unit)))
		}
		for i := range img.Pix {
			img.Pix[i] = shade(p.Kernel.At(i, unit), largest)
		}
		url, err := pngURL(img)
		if err != nil {
			return nil, err
		}
		urls = append(urls, url)
	}
	return urls, nil
}

func abs(x float32) float32 { return float32(math.Abs(float64(x))) }

// zero is the place of white in the palette.
const zero = 127

// shade is the place in the palette of a weight from -largest to largest.
func shade(weight, largest float32) uint8 {
	if !(largest > 0) || math.IsInf(float64(largest), 0) {
		return zero
	}
	return uint8(zero + math.Round(zero*float64(weight/largest)))
}

// diverging goes from blue over white to vermilion.
var diverging = func() color.Palette {
	blue, vermilion := [3]float64{0x00, 0x72, 0xb2}, [3]float64{0xd5, 0x5e, 0x00}
	var p color.Palette
	for i := range 2*zero + 1 {
		end, far := blue, float64(zero-i)/zero
		if i > zero {
			end, far = vermilion, float64(i-zero)/zero
		}
		channel := func(j int) uint8 { return uint8(math.Round(255 + far*(end[j]-255))) }
		p = append(p, color.RGBA{channel(0), channel(1), channel(2), 255})
	}
	return p
}()

func pngURL(img image.Image) (template.URL, error) {
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		return "", err
	}
	return dataURL("image/png", file.Bytes()), nil
}
