package formula

// A Function is what each tier has one of.
type Function struct {
	Name string // without its tier
	Type string // its type in package micro, or the generic function that has it
	Doc  string // the formula, for the doc comment
}

// Signature is its signature in Go.
func (f Function) Signature() string { return signatures[f.Type] }

// Functions of which there is one each.
var (
	// Gemv multiplies a row vector by a matrix.
	Gemv = Function{"gemv", "GemvFunc", "c[j] += Σₚ a[p]·b[p][j], j < n, in ascending p < k"}

	// Copy and Transpose move matrices.
	Copy      = Function{"copy", "MoveFunc", "dst[i][j] = α·src[i][j], i < rows, j < cols"}
	Transpose = Function{"transpose", "MoveFunc", "dst[j][i] = α·src[i][j], i < rows, j < cols"}

	// NonZero makes the lists of Sparse from bytes, NonZeroFloats from numbers.
	NonZero = Function{"nonZero", "NonZeroFunc",
		"columns = first + i, values = float32(x[i]) / a for x[i] ≠ 0, in ascending i < n; see NonZeroFunc"}
	NonZeroFloats = Function{"nonZeroFloats", "NonZeroFloatsFunc",
		"columns = first + i, values = x[i] for x[i] ≠ 0, in ascending i < n; see NonZeroFunc"}

	// Peak does n·PeakRounds fused multiply-adds of vectors for each of several
	// accumulators: the ceiling of what GEMM can reach.
	Peak = Function{"peak", "PeakFunc", "n rounds of fused multiply-adds on registers; see PeakFunc"}
)

// PeakRounds is the number of multiply-adds of an accumulator in a round of Peak.
const PeakRounds = 4
