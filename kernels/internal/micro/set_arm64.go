//go:build !purego && !noasm

package micro

// native has the tier of every arm64 processor: Go asks for ASIMD there.
func native() []Set { return []Set{{Name: "neon", Kernels: kernelsNEON}} }
