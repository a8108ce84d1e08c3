//go:build !purego && !noasm

package micro

// native has the tier of every arm64 processor: Go asks for ASIMD there.
func native() []Set { return []Set{{Name: "neon", Kernels: kernelsNEON}} }

// L2 returns the bytes of second-level cache that Arm's larger cores have from
// Cortex-A76 on, and Apple's at least: no instruction tells.
func L2() int { return 512 << 10 }
