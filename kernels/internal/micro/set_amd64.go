//go:build !purego && !noasm

package micro

import (
	"strings"

	"github.com/klauspost/cpuid/v2"
)

func native(base Set) []Set { return []Set{avx2(base)} }

// avx2 is the tier of processors from Intel's Haswell and AMD's Excavator on.
func avx2(s Set) Set {
	s.Name = "avx2"
	s.Unusable = missing(cpuid.AVX, cpuid.AVX2, cpuid.FMA3)

	s.MR, s.NR = 6, 16
	s.Gemm = []GemmFunc{gemm1x16AVX2, gemm2x16AVX2, gemm3x16AVX2, gemm4x16AVX2, gemm5x16AVX2, gemm6x16AVX2}
	s.Peak, s.PeakFlops = peakAVX2, 2*8*4*6*2 // a multiply-add, lanes, rounds, tile

	s.Add = addAVX2
	s.Scale = scaleAVX2
	s.Divide = divideAVX2
	s.Pixels = pixelsAVX2

	s.ReLU = reluAVX2
	s.ReLUGrad = reluGradAVX2
	s.Exp = expAVX2
	s.Sigmoid = sigmoidAVX2
	s.SigmoidGrad = sigmoidGradAVX2
	s.Tanh = tanhAVX2
	s.TanhGrad = tanhGradAVX2
	s.SoftmaxGrad = softmaxGradAVX2

	s.Residual = residualAVX2
	s.PenaltyGrad = penaltyGradAVX2

	s.SGD = sgdAVX2
	s.Momentum = momentumAVX2
	s.Nesterov = nesterovAVX2
	s.RMSprop = rmspropAVX2
	s.Adam = adamAVX2

	s.MaxLanes = maxLanesAVX2
	s.SumAbsLanes = sumAbsLanesAVX2
	s.DotLanes = dotLanesAVX2
	s.DistanceLanes = distanceLanesAVX2
	s.ExpLanes = expLanesAVX2
	return s
}

// missing says which of the features this processor or its operating system
// lacks (cpuid counts a feature only if XCR0 has its registers), or "".
func missing(features ...cpuid.FeatureID) string {
	var lacks []string
	for _, f := range features {
		if !cpuid.CPU.Supports(f) {
			lacks = append(lacks, f.String())
		}
	}
	if lacks == nil {
		return ""
	}
	return "the processor or operating system lacks " + strings.Join(lacks, ", ")
}
