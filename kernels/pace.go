package kernels

import "slices"

// paces say how fast the workers of a Team are, and so how a product is shared out among
// them: evenly, unless one is on a slow core, or shares it with another program.
type paces struct {
	speeds []float64 // multiply-adds a nanosecond, of late
	ends   []float64 // of the workers' shares of the next product, from 0 to 1
}

const (
	paceMemory = 4e6  // nanoseconds that "of late" means
	pacedWork  = 1e6  // multiply-adds; below, it would show that the clock is looked at
	unevenPace = 1.15 // how much faster the fastest is than the slowest, for shares to be uneven
	mostUneven = 4    // and at most: who has nothing to do cannot show that it is faster again
)

// deal shares out the next product.
func (p *paces) deal() {
	fastest, sum, end := slices.Max(p.speeds), 0.0, 0.0
	even := fastest < unevenPace*slices.Min(p.speeds)
	for rank, speed := range p.speeds {
		p.speeds[rank] = max(speed, fastest/mostUneven)
		sum += p.speeds[rank]
	}
	for rank, speed := range p.speeds {
		if even {
			speed = sum / float64(len(p.speeds))
		}
		end += speed / sum
		p.ends[rank] = end
	}
}

// share is where the rank's share begins and ends.
func (p *paces) share(rank int) (from, to float64) {
	if rank > 0 {
		from = p.ends[rank-1]
	}
	return from, p.ends[rank]
}

// add takes note of how long a worker took for so many multiply-adds.
func (p *paces) add(rank int, work, took float64) {
	if took > 0 { // a clock may be coarse
		p.speeds[rank] += (work/took - p.speeds[rank]) * took / (took + paceMemory)
	}
}
