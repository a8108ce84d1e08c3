package augment

// margin is the number of black pixels around an image.
const margin = 1

// A sampler reads an image between its pixels. It has, for every point among four
// pixels of the image and its margin, these four: upper left, upper right, lower
// left and lower right, from the lowest byte up.
type sampler struct {
	quads         []uint32
	width, height int     // of quads
	black         []uint8 // a row outside of the image
}

func newSampler(width, height int) sampler {
	return sampler{make([]uint32, (width+1)*(height+1)), width + 1, height + 1, make([]uint8, width)}
}

// load takes an image.
func (s *sampler) load(image []uint8) {
	upper := s.black
	for y := range s.height {
		lower := s.black
		if y < s.height-1 {
			lower = image[y*len(lower) : (y+1)*len(lower)]
		}
		pairRows(s.quads[y*s.width:(y+1)*s.width], upper, lower)
		upper = lower
	}
}

// pairRows sets dst to the quads between two rows of an image.
func pairRows(dst []uint32, upper, lower []uint8) {
	upper, dst = upper[:len(lower)], dst[:len(lower)+1]
	left := uint32(0)
	for x, b := range lower {
		right := uint32(upper[x]) | uint32(b)<<16
		dst[x] = left | right<<8
		left = right
	}
	dst[len(lower)] = left
}

// row sets dst to the image at the given coordinates, in units of 1/one pixel from
// the first pixel of the margin: black outside, bilinear between pixels, rounded to
// the nearest.
func (s *sampler) row(dst []uint8, xs, ys []float32) {
	width, height := uint32(s.width), uint32(s.height)
	quads, xs, ys := s.quads, xs[:len(dst)], ys[:len(dst)]
	for i := range dst {
		x, y := int32(xs[i]), int32(ys[i])
		column, line := uint32(x>>8), uint32(y>>8)
		if column >= width || line >= height {
			dst[i] = 0
			continue
		}
		quad := quads[line*width+column]
		if quad == 0 {
			dst[i] = 0
			continue
		}
		// Both rows at once, 16 bits each: between left and right. Then between them.
		left, right := quad&0x00ff00ff, quad>>8&0x00ff00ff
		rows := left*one + (right-left)*(uint32(x)%one)
		upper, lower := rows&0xffff, rows>>16
		dst[i] = uint8((upper*one + (lower-upper)*(uint32(y)%one) + one*one/2) / (one * one))
	}
}
