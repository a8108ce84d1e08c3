package micro

import "unsafe"

// genericNR is the width of the tile: one "vector".
const genericNR = 16

// generic is the tier in plain Go. It runs everywhere and defines the others.
var generic = Set{Name: "generic", Kernels: kernelsGeneric}

var kernelsGeneric = Kernels{
	Vector: genericNR,
	Tiles:  []Tile{tileGeneric(4, genericNR)},
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

	Add:    addGeneric,
	Scale:  scaleGeneric,
	Divide: divideGeneric,
	Pixels: pixelsGeneric,

	ReLU:        reluGeneric,
	ReLUGrad:    reluGradGeneric,
	Exp:         expGeneric,
	Sigmoid:     sigmoidGeneric,
	SigmoidGrad: sigmoidGradGeneric,
	Tanh:        tanhGeneric,
	TanhGrad:    tanhGradGeneric,
	SoftmaxGrad: softmaxGradGeneric,

	Residual:    residualGeneric,
	PenaltyGrad: penaltyGradGeneric,

	SGD:      sgdGeneric,
	Momentum: momentumGeneric,
	Nesterov: nesterovGeneric,
	RMSprop:  rmspropGeneric,
	Adam:     adamGeneric,

	MaxLanes:      maxLanesGeneric,
	SumAbsLanes:   sumAbsLanesGeneric,
	DotLanes:      dotLanesGeneric,
	DistanceLanes: distanceLanesGeneric,
	ExpLanes:      expLanesGeneric,
}

// vec is the n elements at p.
func vec(p *float32, n int) []float32 { return unsafe.Slice(p, n) }

// addGeneric: y[i] += x[i].
func addGeneric(n int, y, x *float32) {
	ys, xs := vec(y, n), vec(x, n)
	for i := range ys {
		ys[i] += xs[i]
	}
}

// scaleGeneric: y[i] = a·x[i].
func scaleGeneric(n int, y, x *float32, a float32) {
	ys, xs := vec(y, n), vec(x, n)
	for i := range ys {
		ys[i] = a * xs[i]
	}
}

// divideGeneric: y[i] = x[i] / a.
func divideGeneric(n int, y, x *float32, a float32) {
	ys, xs := vec(y, n), vec(x, n)
	for i := range ys {
		ys[i] = xs[i] / a
	}
}

// pixelsGeneric: y[i] = float32(x[i]) / a.
func pixelsGeneric(n int, y *float32, x *uint8, a float32) {
	ys, xs := vec(y, n), unsafe.Slice(x, n)
	for i := range ys {
		ys[i] = float32(xs[i]) / a
	}
}

// reluGeneric: y[i] = 0 where x[i] ≤ 0, else x[i] (so NaN stays).
func reluGeneric(n int, y, x *float32) { reluGradGeneric(n, y, x, x) }

// reluGradGeneric: dx[i] = 0 where y[i] ≤ 0, else dy[i]; y is ReLU's output.
func reluGradGeneric(n int, dx, dy, y *float32) {
	dxs, dys, ys := vec(dx, n), vec(dy, n), vec(y, n)
	for i := range dxs {
		if ys[i] <= 0 {
			dxs[i] = 0
		} else {
			dxs[i] = dys[i]
		}
	}
}

// sigmoidGradGeneric: dx[i] = dy[i]·(y[i]·(1-y[i])); y is the sigmoid's output.
func sigmoidGradGeneric(n int, dx, dy, y *float32) {
	dxs, dys, ys := vec(dx, n), vec(dy, n), vec(y, n)
	for i := range dxs {
		dxs[i] = dys[i] * float32(ys[i]*float32(1-ys[i]))
	}
}

// tanhGradGeneric: dx[i] = dy[i]·(1-y[i]²), rounded as fma(-y, y, 1); y is tanh's output.
func tanhGradGeneric(n int, dx, dy, y *float32) {
	dxs, dys, ys := vec(dx, n), vec(dy, n), vec(y, n)
	for i := range dxs {
		dxs[i] = dys[i] * fma(-ys[i], ys[i], 1)
	}
}

// softmaxGradGeneric: dx[i] = (dy[i]-a)·y[i]; y is the softmax's output, a = Σ dy·y.
func softmaxGradGeneric(n int, dx, dy, y *float32, a float32) {
	dxs, dys, ys := vec(dx, n), vec(dy, n), vec(y, n)
	for i := range dxs {
		dxs[i] = float32(dys[i]-a) * ys[i]
	}
}

// residualGeneric: d[i] = a·(y[i]-t[i]).
func residualGeneric(n int, d, y, t *float32, a float32) {
	ds, ys, ts := vec(d, n), vec(y, n), vec(t, n)
	for i := range ds {
		ds[i] = float32(ys[i]-ts[i]) * a
	}
}

// penaltyGradGeneric: g[i] = fma(l2, w[i], g[i]) + l1·sign(w[i]), with sign(0) = 0.
func penaltyGradGeneric(n int, g, w *float32, l1, l2 float32) {
	gs, ws := vec(g, n), vec(w, n)
	for i := range gs {
		sign := float32(0)
		if w := ws[i]; !(abs(w) <= 0) {
			sign = copySign(l1, w)
		}
		gs[i] = fma(l2, ws[i], gs[i]) + sign
	}
}
