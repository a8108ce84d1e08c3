package augment

import "math"

// The sum of four random bytes is nearly normal, with this mean and deviation.
const fourBytesMean = 4 * 255 / 2

var fourBytesDeviation = math.Sqrt(4 * (256*256 - 1) / 12.)

// addNoise adds random numbers of that standard deviation (1 is from 0 to 255) to
// the pixels, and keeps them within their range. The numbers are sums of four
// evenly distributed ones, so none is further out than 3.5 standard deviations.
func addNoise(pixels []uint8, deviation float64, r *random) {
	const low = 0x00ff00ff00ff00ff
	factor := int(math.Round(deviation * 255 / fourBytesDeviation * 65536))
	add := func(p *uint8, fourBytes uint64) {
		delta := (int(fourBytes) - fourBytesMean) * factor
		*p = uint8(min(max(int(*p)+(delta+1<<15)>>16, 0), 255))
	}
	for i := 0; i < len(pixels); i += 2 {
		w := r.source.Uint64()
		w = w&low + w>>8&low
		w += w >> 16
		add(&pixels[i], w&0xffff)
		if i+1 < len(pixels) {
			add(&pixels[i+1], w>>32&0xffff)
		}
	}
}

// The rectangle that erasing blackens is from leastArea to mostArea of the image,
// and from narrowest to 1/narrowest times as high as wide (Z. Zhong, L. Zheng,
// G. Kang, S. Li, Y. Yang: Random erasing data augmentation, 2017, its table 4).
const (
	leastArea = 0.02
	mostArea  = 0.4
	narrowest = 0.3
)

// erase blackens a rectangle of the image, with that probability.
func erase(pixels []uint8, width int, probability float64, r *random) {
	if r.unit() >= probability {
		return
	}
	height := len(pixels) / width
	area := r.between(leastArea, mostArea) * float64(len(pixels))
	aspect := r.between(narrowest, 1/narrowest)
	h := side(area*aspect, height)
	w := side(area/aspect, width)
	top, left := r.below(height-h+1), r.below(width-w+1)
	for y := top; y < top+h; y++ {
		clear(pixels[y*width+left:][:w])
	}
}

// side is the root of an area as a number of pixels, of which there are n.
func side(area float64, n int) int { return min(int(math.Sqrt(area)+0.5), n) }
