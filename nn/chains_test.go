package nn

import (
	"slices"
	"testing"
)

func TestChains(t *testing.T) {
	m, err := NewSequential(784, 1, Dense{Units: 200}, Dense{Units: 40, Activation: Softmax}, Dense{Units: 30})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{784}, {32, 64, 96, 128, 160, 192, 200}, {40}} {
		if got := m.Chains(i); !slices.Equal(got, want) {
			t.Errorf("layer %d: %v, want %v", i+1, got, want)
		}
	}
}

// The order of fold is the one that Chains describes.
func TestChainsAreAddedAsDescribed(t *testing.T) {
	for n := 1; n <= 20; n++ {
		var want, got [][2]int
		for step := 1; step < n; step *= 2 {
			for at := 0; at+step < n; at += 2 * step {
				want = append(want, [2]int{at, at + step})
			}
		}
		fold(0, n, func(int) {}, func(into, from int) { got = append(got, [2]int{into, from}) })
		slices.SortStableFunc(got, func(a, b [2]int) int { return (a[1] - a[0]) - (b[1] - b[0]) })
		if !slices.Equal(got, want) {
			t.Errorf("%d chains: %v, want %v", n, got, want)
		}
	}
}
