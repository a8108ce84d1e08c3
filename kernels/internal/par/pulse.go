package par

import "time"

// A pulse tells whether small pieces of work come one behind the other, so that to wake
// others pays in the long run.
type pulse struct{ last time.Time }

// beats reports whether it was called less than spinTime ago.
func (p *pulse) beats() bool {
	before := p.last
	p.last = time.Now()
	return p.last.Sub(before) < spinTime
}
