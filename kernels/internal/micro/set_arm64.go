//go:build !purego && !noasm

package micro

func native(base Set) []Set { return []Set{neon(base)} }

// neon is the tier of every arm64 processor: Go asks for ASIMD there.
func neon(s Set) Set {
	s.Name = "neon"

	s.MR, s.NR = 6, 16
	s.Gemm = []GemmFunc{gemm1x16NEON, gemm2x16NEON, gemm3x16NEON, gemm4x16NEON, gemm5x16NEON, gemm6x16NEON}
	s.Peak, s.PeakFlops = peakNEON, 2*4*4*6*4 // a multiply-add, lanes, rounds, tile

	s.Add = addNEON
	s.Scale = scaleNEON
	s.Divide = divideNEON
	s.Pixels = pixelsNEON

	s.ReLU = reluNEON
	s.ReLUGrad = reluGradNEON
	s.Exp = expNEON
	s.Sigmoid = sigmoidNEON
	s.SigmoidGrad = sigmoidGradNEON
	s.Tanh = tanhNEON
	s.TanhGrad = tanhGradNEON
	s.SoftmaxGrad = softmaxGradNEON

	s.Residual = residualNEON
	s.PenaltyGrad = penaltyGradNEON

	s.SGD = sgdNEON
	s.Momentum = momentumNEON
	s.Nesterov = nesterovNEON
	s.RMSprop = rmspropNEON
	s.Adam = adamNEON

	s.MaxLanes = maxLanesNEON
	s.SumAbsLanes = sumAbsLanesNEON
	s.DotLanes = dotLanesNEON
	s.DistanceLanes = distanceLanesNEON
	s.ExpLanes = expLanesNEON
	return s
}
