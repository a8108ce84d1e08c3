package par

import "time"

// A pulse tells whether work comes again and again.
type pulse struct{ last time.Time }

// beat notes that there was work.
func (p *pulse) beat() { p.last = time.Now() }

// beats reports whether there was work less than spinTime ago.
func (p *pulse) beats() bool { return time.Since(p.last) < spinTime }

// beatsOn is beats, and notes the work that will be done alone if there was none.
func (p *pulse) beatsOn() bool {
	on := p.beats()
	if !on {
		p.beat()
	}
	return on
}
