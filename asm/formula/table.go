package formula

import (
	"bytes"
	"fmt"
	"strings"
)

// A Tier is what the table of a tier's kernels says of them.
type Tier struct {
	Suffix string // of the names of its functions
	Lanes  int    // float32 in a vector
	Tiles  []Tile // of GEMM, widest first
	Masks  bool   // tiles can leave out the last columns
	Chains int    // accumulators of Peak

	NonZero       string // the suffix of its NonZero, which may be another tier's
	SparseUpdates bool   // it has optimizers of sparse gradients
}

// table is the Go source of the tier's kernels as a value of micro.Kernels.
func (t Tier) table(arch string) []byte {
	var b bytes.Buffer
	b.WriteString(Header(arch))
	fmt.Fprintf(&b, "package micro\n\nvar kernels%s = Kernels{\n", t.Suffix)
	fmt.Fprintf(&b, "Vector: %d,\nTiles: []Tile{\n", t.Lanes)
	for _, tile := range t.Tiles {
		cols := tile.Vectors * t.Lanes
		fmt.Fprintf(&b, "{MR: %d, NR: %d, Gemm: []GemmFunc{\n", tile.Rows, cols)
		for rows := range tile.Rows {
			fmt.Fprintf(&b, "%s%s,\n", Gemm(rows+1, cols).Name, t.Suffix)
		}
		b.WriteString("}},\n")
	}
	fmt.Fprintf(&b, "},\nMasks: %t,\nAheadEvery: %d,\n\n", t.Masks, AheadEvery)
	fmt.Fprintf(&b, "Gemv: %s%s, Copy: %s%s, Transpose: %s%s,\n\n", Gemv.Name, t.Suffix, Copy.Name, t.Suffix, Transpose.Name, t.Suffix)
	b.WriteString("Sparse: []SparseFunc{\n")
	for vectors := range SparseVectors {
		fmt.Fprintf(&b, "%s%s,\n", Sparse(vectors+1).Name, t.Suffix)
	}
	b.WriteString("},\n\n")
	fmt.Fprintf(&b, "NonZero: %s%s, NonZeroFloats: %s%s,\n\n", NonZero.Name, t.NonZero, NonZeroFloats.Name, t.NonZero)
	// A multiply-add is two operations on each lane.
	fmt.Fprintf(&b, "Peak: %s%s, PeakFlops: %d,\n\n", Peak.Name, t.Suffix, 2*t.Lanes*t.Chains*PeakRounds)
	b.WriteString("Vectors: Vectors{\n")
	for _, k := range Kernels {
		fmt.Fprintf(&b, "%s: %s%s,\n", k.field(), k.Name, t.Suffix)
	}
	b.WriteString("},\n\n")
	for _, k := range Optimizers {
		if !t.SparseUpdates {
			break
		}
		fmt.Fprintf(&b, "Sparse%s: []SparseUpdateFunc{\n", k.field())
		for _, vectors := range SparseUpdateVectors {
			fmt.Fprintf(&b, "%s%s,\n", k.SparseUpdate(vectors).Name, t.Suffix)
		}
		b.WriteString("},\n")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// vectors is the Go source of the type of a tier's element-wise kernels, and of those in
// plain Go.
func vectors() []byte {
	var fields, generic bytes.Buffer
	for _, k := range Kernels {
		fmt.Fprintf(&fields, "// %s.\n%s %s\n", k.Doc, k.field(), k.Signature())
		fmt.Fprintf(&generic, "%s: %s,\n", k.field(), k.Type)
	}
	return fmt.Appendf(nil, generatedBy+"package micro\n\n"+
		"// Vectors are the element-wise kernels of a tier.\ntype Vectors struct {\n%s}\n\n"+
		"var vectorsGeneric = Vectors{\n%s}\n", "formula", fields.Bytes(), generic.Bytes())
}

// field is the kernel's field of micro.Vectors.
func (k Kernel) field() string {
	if field, ok := map[string]string{"relu": "ReLU", "reluGrad": "ReLUGrad", "sgd": "SGD", "rmsprop": "RMSprop"}[k.Name]; ok {
		return field
	}
	return strings.ToUpper(k.Name[:1]) + k.Name[1:]
}
