package micro

// genericNR is the width of the tile: one "vector".
const genericNR = 16

// generic is the tier in plain Go. It runs everywhere and defines the others.
var generic = Set{Name: "generic", Kernels: Kernels{
	Vector: genericNR,
	Tiles:  []Tile{{MR: 4, NR: genericNR, Gemm: []GemmFunc{gemmGeneric(1), gemmGeneric(2), gemmGeneric(3), gemmGeneric(4)}}},
	Masks:  true,

	AheadEvery: 1,

	Gemv:          gemvGeneric,
	Sparse:        []SparseFunc{sparseGeneric(1), sparseGeneric(2), sparseGeneric(3), sparseGeneric(4)},
	NonZero:       nonZeroGeneric,
	NonZeroFloats: nonZeroFloatsGeneric,
	Copy:          copyGeneric,
	Transpose:     transposeGeneric,

	Peak:      peakGeneric,
	PeakFlops: 2 * genericNR,

	Vectors: vectorsGeneric,
}}
