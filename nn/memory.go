package nn

import (
	"cmp"
	"runtime"
)

// MemoryEstimate returns about how many bytes a model of these layers and its
// trainer need, for samples of that many numbers: weights, moments, and the
// values, gradients and sums of a batch. It tells beforehand what would not fit;
// sizes that are not valid are no concern of it. The samples are not counted.
func MemoryEstimate(inputs int, c Config, layers ...Dense) float64 {
	weights, width, widths := 0.0, float64(inputs), float64(inputs)
	for _, l := range layers {
		units := float64(l.Units)
		weights += (width + 1) * units
		widths += units
		width = units
	}
	batch, workers := float64(cmp.Or(c.BatchSize, 32)), float64(cmp.Or(c.Workers, runtime.GOMAXPROCS(0)))
	rows := maxShards*batch + workers*(2*batch+maxShards*surveyRows) // of values, gradients and sums
	const copies = 4                                                 // weights, moments, and the workers' own
	return 4 * (copies*weights + rows*widths)
}
