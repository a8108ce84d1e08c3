//go:build !unix

package nn_test

import "time"

// processorTime is not known.
func processorTime() (time.Duration, bool) { return 0, false }
