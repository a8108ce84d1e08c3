//go:build !purego && !noasm

package micro

// native has the tier of every arm64 processor: Go asks for ASIMD there.
func native() []Set { return []Set{{Name: "neon", Kernels: kernelsNEON}} }

// DataCaches returns what Arm's larger cores have from Cortex-A76 on, and Apple's
// at least: no instruction tells.
func DataCaches() Caches { return Caches{64 << 10, 512 << 10} }
