package augment

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// A random is the stream of numbers of one sample in one epoch.
type random struct{ source rand.PCG }

// start begins the stream. The number of a sample in an epoch is mixed well (as in G.
// Steele, D. Lea, C. Flood: Fast splittable pseudorandom number generators, 2014),
// because PCG's streams of numbers that are near begin alike.
func (r *random) start(seed uint64, epoch, sample int) {
	z := uint64(epoch)<<32 + uint64(sample)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	r.source.Seed(seed, z^z>>31)
}

// unit returns a number from 0 up to 1.
func (r *random) unit() float64 { return float64(r.source.Uint64()>>11) / (1 << 53) }

// between returns a number from low up to high.
func (r *random) between(low, high float64) float64 { return low + float64(r.unit()*(high-low)) }

// around returns a number from -limit up to limit.
func (r *random) around(limit float64) float64 { return r.between(-limit, limit) }

// below returns an integer from 0 to n-1.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// bytes fills bs, whose length is a multiple of 8.
func (r *random) bytes(bs []uint8) {
	for ; len(bs) >= 8; bs = bs[8:] {
		binary.LittleEndian.PutUint64(bs, r.source.Uint64())
	}
}
