package nn

import (
	"fmt"
	"math"
	"slices"
)

// inRange fails unless low ≤ x < high.
func inRange(what string, x, low, high float64) error {
	if !(x >= low && x < high) {
		return fmt.Errorf("nn: %s %v: want at least %v and below %v", what, x, low, high)
	}
	return nil
}

// atLeast fails unless n ≥ low.
func atLeast(what string, n, low int) error {
	if n < low {
		return fmt.Errorf("nn: %d %s: want at least %d", n, what, low)
	}
	return nil
}

func firstError(errs ...error) error {
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return errs[i]
	}
	return nil
}

var unbounded = math.Inf(1)
