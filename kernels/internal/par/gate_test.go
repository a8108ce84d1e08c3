package par

import (
	"testing"
	"time"
)

// A token that comes late, of an opener that was held up since before the last wait,
// opens nothing.
func TestGateIgnoresLateToken(t *testing.T) {
	g := newGate()
	g.wake <- struct{}{}
	passed := make(chan struct{})
	go func() {
		g.wait(1, false)
		close(passed)
	}()
	select {
	case <-passed:
		t.Fatal("passed a gate that nobody has opened")
	case <-time.After(20 * time.Millisecond):
	}
	g.open()
	<-passed
}

// Two openers pass one that waits for both, whenever it sleeps; more do no harm.
func TestGateWaitsForSeveral(t *testing.T) {
	for _, spin := range []bool{false, true} {
		g := newGate()
		passed := make(chan struct{})
		go func() {
			g.wait(2, spin)
			close(passed)
		}()
		g.open()
		select {
		case <-passed:
			t.Fatal("passed a gate that only one has opened")
		case <-time.After(20 * time.Millisecond):
		}
		g.open()
		g.open()
		<-passed
	}
}
