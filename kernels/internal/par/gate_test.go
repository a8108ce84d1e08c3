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
		g.wait(0, false)
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
