package augment

import (
	"fmt"
	"sync"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// Images are a table of images that Fit sees changed, in every epoch otherwise. As
// a table they are the images as they were, for evaluation and prediction.
type Images struct {
	nn.Bytes
	width, height int
	settings      Settings
	seed          uint64
	field         *field
	painters      sync.Pool
}

// New returns a table of the images in b, whose rows are so many pixels wide. What
// becomes of a sample depends on its number, the epoch, the settings and the seed
// alone. It fails if the settings are not valid or b is not a table of such images.
func New(b nn.Bytes, width int, s Settings, seed uint64) (*Images, error) {
	if err := b.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %w", nn.ErrData, err)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	height := b.Columns / max(1, width)
	if width < 1 || width*height != b.Columns {
		return nil, fmt.Errorf("%w: images of %d pixels are not %d wide", nn.ErrData, b.Columns, width)
	}
	if max(width, height) > maxSide {
		return nil, fmt.Errorf("%w: images of %d × %d pixels: want at most %d each way", nn.ErrData, width, height, maxSide)
	}
	return &Images{Bytes: b, width: width, height: height, settings: s, seed: seed,
		field: newField(width, height, s.Elastic)}, nil
}

// Epoch returns the table of the images as they are seen in an epoch.
func (m *Images) Epoch(n int) nn.Table { return changed{m, n} }

// changed are the images as they are seen in one epoch.
type changed struct {
	*Images
	epoch int
}

// Gather computes the rows as numbers.
func (c changed) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	p := c.painter()
	defer c.painters.Put(p)
	for i, r := range rows {
		p.paint(k, p.image, r, c.epoch)
		k.Pixels(dst.Row(i), p.image, c.Divisor())
	}
}

// Divisor is what the bytes are divided by.
func (c changed) Divisor() float32 { return c.Bytes.Divisor }

// Draw computes the rows as bytes.
func (c changed) Draw(k *kernels.Core, dst []uint8, rows []int) {
	p := c.painter()
	defer c.painters.Put(p)
	for i, r := range rows {
		p.paint(k, dst[i*c.Columns:(i+1)*c.Columns], r, c.epoch)
	}
}

// A painter is what one goroutine needs to change images.
type painter struct {
	*Images
	random
	coords  fieldBuffer
	sampler sampler
	image   []uint8
}

// painter returns one that no other goroutine uses.
func (m *Images) painter() *painter {
	if p, ok := m.painters.Get().(*painter); ok {
		return p
	}
	return &painter{
		Images: m, coords: m.field.newBuffer(), sampler: newSampler(m.width, m.height), image: make([]uint8, m.Columns),
	}
}

// paint sets dst to a sample as it is seen in an epoch.
func (p *painter) paint(k *kernels.Core, dst []uint8, sample, epoch int) {
	p.start(p.seed, epoch, sample)
	image := p.Data[sample*p.Columns : (sample+1)*p.Columns]
	if p.settings.moves() {
		p.move(k, dst, image, p.settings.draw(&p.random))
	} else {
		copy(dst, image)
	}
	if p.settings.Noise > 0 {
		addNoise(dst, p.settings.Noise, &p.random)
	}
	if p.settings.Erase > 0 {
		erase(dst, p.width, p.settings.Erase, &p.random)
	}
}

// move sets dst to the image in another pose and, if so set, distorted.
func (p *painter) move(k *kernels.Core, dst, image []uint8, to pose) {
	p.field.fill(k, &p.coords, to.inverse(), &p.random)
	p.sampler.load(image)
	w := p.width
	for y := range p.height {
		xy := p.coords.coords.Row(y)
		p.sampler.row(dst[y*w:(y+1)*w], xy, xy[p.field.stride:])
	}
}
