//go:build !purego && !noasm

package micro

import (
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/cpuid/v2"
)

// native has the tiers of amd64: avx2 from Intel's Haswell and AMD's Excavator
// on, avx512 from Intel's Skylake-X and AMD's Zen 4 on.
func native() []Set {
	avx2 := Set{Name: "avx2", Unusable: missing(cpuid.AVX, cpuid.AVX2, cpuid.FMA3), Kernels: kernelsAVX2}
	avx512 := Set{
		Name:     "avx512",
		Unusable: missing(cpuid.AVX2, cpuid.FMA3, cpuid.BMI2, cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL),
		// Processors older than Ice Lake slow down when they use it.
		Slow:    !cpuid.CPU.Supports(cpuid.AVX512VBMI2, cpuid.AVX512VNNI),
		Kernels: kernelsAVX512,
	}
	if runtime.GOOS == "darwin" { // its kernel has lost mask registers
		avx512.Unusable = "not used on darwin"
	}
	return []Set{avx2, avx512}
}

// L2 returns the bytes of the second-level cache that cpuid reports, or what most
// processors have.
func L2() int {
	if size := cpuid.CPU.Cache.L2; size > 0 {
		return size
	}
	return 512 << 10
}

// missing says which of the features this processor or its operating system
// lacks (cpuid counts a feature only if XCR0 has its registers), or "".
func missing(features ...cpuid.FeatureID) string {
	lacks := slices.DeleteFunc(features, func(f cpuid.FeatureID) bool { return cpuid.CPU.Supports(f) })
	if len(lacks) == 0 {
		return ""
	}
	return "the processor or operating system lacks " + strings.Trim(fmt.Sprint(lacks), "[]")
}
