package micro

// maxLanesGeneric: lanes[i%16] = x[i] where x[i] > lanes[i%16].
func maxLanesGeneric(n int, x, lanes *float32) {
	xs, acc := vec(x, n), vec(lanes, Lanes)
	for i, v := range xs {
		if v > acc[i%Lanes] {
			acc[i%Lanes] = v
		}
	}
}

// sumAbsLanesGeneric: lanes[i%16] += |x[i]|.
func sumAbsLanesGeneric(n int, x, lanes *float32) {
	xs, acc := vec(x, n), vec(lanes, Lanes)
	for i, v := range xs {
		acc[i%Lanes] += abs(v)
	}
}

// dotLanesGeneric: lanes[i%16] = fma(x[i], y[i], lanes[i%16]).
func dotLanesGeneric(n int, x, y, lanes *float32) {
	xs, ys, acc := vec(x, n), vec(y, n), vec(lanes, Lanes)
	for i := range xs {
		acc[i%Lanes] = fma(xs[i], ys[i], acc[i%Lanes])
	}
}

// distanceLanesGeneric: lanes[i%16] = fma(e, e, lanes[i%16]) with e = x[i]-y[i].
func distanceLanesGeneric(n int, x, y, lanes *float32) {
	xs, ys, acc := vec(x, n), vec(y, n), vec(lanes, Lanes)
	for i := range xs {
		e := float32(xs[i] - ys[i])
		acc[i%Lanes] = fma(e, e, acc[i%Lanes])
	}
}

// expLanesGeneric: y[i] = exp(x[i]-a); lanes[i%16] += y[i].
func expLanesGeneric(n int, y, x, lanes *float32, a float32) {
	ys, xs, acc := vec(y, n), vec(x, n), vec(lanes, Lanes)
	for i := range ys {
		ys[i] = exp(xs[i] - a)
		acc[i%Lanes] += ys[i]
	}
}
