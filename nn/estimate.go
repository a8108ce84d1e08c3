package nn

import (
	"cmp"
	"runtime"
)

// MemoryEstimate returns how many bytes a model of these layers and its trainer
// need at most, or a little more, for samples of that many numbers: weights,
// moments, and the values, gradients and sums of a batch. The samples come on
// top of it. It is to tell beforehand what would not fit, and does not mind
// sizes that are not valid.
func MemoryEstimate(inputs int, c Config, layers ...Dense) float64 {
	weights, width, allUnits, dropping := 0.0, float64(inputs), 0.0, 0.0
	for _, l := range layers {
		units := float64(l.Units)
		weights += (width + 1) * units
		allUnits += units
		if l.Dropout > 0 {
			dropping += units
		}
		width = units
	}
	if c.InputDropout > 0 {
		dropping += float64(inputs)
	}
	batch, workers := float64(cmp.Or(c.BatchSize, 32)), float64(cmp.Or(c.Workers, runtime.GOMAXPROCS(0)))
	flows := workers
	if c.Workers == 0 {
		flows *= 3 // of squads of all workers, and of powers of two below
	}
	const copies = 4                                                       // of the weights, with moments
	sums := maxShards*batch + flows*2*batch + workers*maxShards*surveyRows // rows, with values and gradients
	samples := flows*batch + workers*surveyRows                            // rows
	const lists = 3                                                        // numbers for each of a batch: its place and value, if not zero, and room to spare
	const masks = 2                                                        // numbers for each that may be dropped: whether it is, and what is left
	return 4 * (copies*weights + sums*allUnits + masks*flows*batch*dropping + (samples+lists*batch)*float64(inputs))
}
