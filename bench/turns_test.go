package bench

import (
	"slices"
	"testing"
)

// turns are measurements that several benchmarks report of, each its own figures: the
// first one of -count from the first, and so on. A measurement decides by itself how
// long it takes, whatever -benchtime is.
type turns[T any] struct{ made []T }

// asksFor are how many operations go test asks for at first, and at last of what takes
// no time.
var asksFor = [...]int{1, 1e9}

// benchmark reports of what measure measures; report returns how many operations
// that were.
func (t *turns[T]) benchmark(measure func(b *testing.B) T, report func(b *testing.B, m T) int) func(b *testing.B) {
	next := 0
	return func(b *testing.B) {
		if b.N == asksFor[0] {
			next++
		}
		for len(t.made) < next {
			t.made = append(t.made, measure(b))
		}
		if n := report(b, t.made[next-1]); slices.Contains(asksFor[:], b.N) {
			b.N = n // for the line of the result; meanwhile go test goes by it
		}
	}
}

// Two benchmarks that are run twice report of two measurements.
func TestTurns(t *testing.T) {
	var all turns[int]
	measured := 0
	measure := func(*testing.B) int { measured++; return 100 * measured }
	report := func(b *testing.B, m int) int {
		b.ReportMetric(float64(m), "ns/op")
		return m
	}
	for range 2 {
		f := all.benchmark(measure, report)
		for turn := 1; turn <= 2; turn++ {
			if r := testing.Benchmark(f); r.N != 100*turn || r.Extra["ns/op"] != float64(r.N) {
				t.Errorf("turn %d: %+v", turn, r)
			}
		}
	}
	if measured != 2 {
		t.Errorf("%d measurements, want 2", measured)
	}
}
