//go:build ignore

// The element-wise kernels, in the order in which they are generated, and the
// functions that they share: compile.go reads them. A kernel's parameters are
// those of the generated functions, behind the number of elements; in its
// statements they stand for the elements at hand. What no statement assigns is not
// written. A reduction changes the partial results in lanes, of which that of
// element i is i mod LaneCount.
//
// Statements have Go's syntax. Hexadecimal constants are the bits of a float32.
package formula

// y[i] += x[i]
func add(y, x *float32) {
	y = y + x
}

// y[i] = a·x[i]
func scale(y, x *float32, a float32) {
	y = x * a
}

// y[i] = x[i] / a
func divide(y, x *float32, a float32) {
	y = x / a
}

// y[i] = float32(x[i]) / a
func pixels(y *float32, x *uint8, a float32) {
	y = x / a
}

// y[i] = 0 where x[i] ≤ 0, else x[i] (so NaN stays)
func relu(y, x *float32) {
	y = drop(x <= 0, x)
}

// dx[i] = 0 where y[i] ≤ 0, else dy[i]; y is ReLU's output
func reluGrad(dx, dy, y *float32) {
	dx = drop(y <= 0, dy)
}

// y[i] = eˣ with x = x[i]; 0 where eˣ < 2⁻¹²⁶
func exp(y, x *float32) {
	y = expOf(x)
}

// y[i] = 1/(1+e⁻ˣ) with x = x[i]
func sigmoid(y, x *float32) {
	y = 1 / (expOf(0-x) + 1)
}

// dx[i] = dy[i]·(y[i]·(1-y[i])); y is the sigmoid's output
func sigmoidGrad(dx, dy, y *float32) {
	s := y
	dx = dy * (s * (1 - s))
}

// y[i] = tanh(x[i])
func tanh(y, x *float32) { // x + x³·P(x²) for |x| < 0.55, else ±(1 - 2/(e²ˡˣˡ+1))
	a := abs(x)
	far := 1 - 2/(expOf(a+a)+1)
	sq := a * a
	p := fma(0xBBD89A9C, sq, 0x3CAE9107) // Chebyshev fit of (tanh(x)/x-1)/x²: in tanh, its relative error is 6·10⁻⁹
	p = fma(p, sq, 0xBD5CD022)
	p = fma(p, sq, 0x3E0887F5)
	p = fma(p, sq, 0xBEAAAAAA)
	near := fma(p*sq, a, a)
	y = choose(a < 0.55, near, far) | x&signBit
}

// dx[i] = dy[i]·(1-y[i]²), rounded as fma(-y, y, 1); y is tanh's output
func tanhGrad(dx, dy, y *float32) {
	t := y
	dx = dy * fnma(t, t, 1)
}

// dx[i] = (dy[i]-a)·y[i]; y is the softmax's output, a = Σ dy·y
func softmaxGrad(dx, dy, y *float32, a float32) {
	dx = (dy - a) * y
}

// d[i] = a·(y[i]-t[i])
func residual(d, y, t *float32, a float32) {
	d = (y - t) * a
}

// grad[i] = fma(l2, w[i], grad[i]) + l1·sign(w[i]), with sign(0) = 0
func penaltyGrad(grad, w *float32, l1, l2 float32) {
	signed := drop(abs(w) <= 0, w&signBit|l1)
	grad = fma(l2, w, grad) + signed
}

// The updates follow Keras 3 (keras/src/optimizers). Moments below 2⁻¹⁰⁰ are
// flushed to zero: they are some 20 orders of magnitude below what moves a
// weight, and left alone they would decay into slow subnormal numbers.

// w -= lr·grad
func sgd(w, grad *float32, lr float32) {
	w = fnma(lr, grad, w)
}

// v = μ·v - lr·grad; w += v
func momentum(w, v, grad *float32, lr, mu float32) {
	v = velocity(mu*v, grad, lr)
	w = w + v
}

// v = μ·v - lr·grad; w += μ·v - lr·grad
func nesterov(w, v, grad *float32, lr, mu float32) {
	v = velocity(mu*v, grad, lr)
	w = fma(mu, v, fnma(lr, grad, w))
}

// v += c·(grad²-v), c = 1-ρ; w -= lr·(grad/√(v+ε))
func rmsprop(w, v, grad *float32, lr, c, eps float32) {
	v = meanSquare(grad, v, c)
	w = fnma(lr, grad/sqrt(v+eps), w)
}

// m += c1·(grad-m); v += c2·(grad²-v); w = decay·w - lr·(m/(√v+ε)), c1 = 1-β₁, c2 = 1-β₂
func adam(w, m, v, grad *float32, lr, c1, c2, eps, decay float32) {
	before := m
	m = flush(fma(c1, grad-before, before))
	v = meanSquare(grad, v, c2)
	w = fnma(lr, m/(sqrt(v)+eps), w*decay)
}

// A reduction keeps LaneCount partial results, so that every tier adds the same
// numbers in the same order. The caller folds them at the end.

// lanes[i%16] = x[i] where x[i] > lanes[i%16]
func maxLanes(x, lanes *float32) {
	lanes = max(x, lanes)
}

// lanes[i%16] += |x[i]|
func sumAbsLanes(x, lanes *float32) {
	lanes = lanes + abs(x)
}

// lanes[i%16] = fma(x[i], y[i], lanes[i%16])
func dotLanes(x, y, lanes *float32) {
	lanes = fma(x, y, lanes)
}

// lanes[i%16] = fma(e, e, lanes[i%16]) with e = x[i]-y[i]
func distanceLanes(x, y, lanes *float32) {
	e := x - y
	lanes = fma(e, e, lanes)
}

// y[i] = exp(x[i]-a); lanes[i%16] += y[i]
func expLanes(y, x, lanes *float32, a float32) {
	y = expOf(x - a)
	lanes = lanes + y
}

const (
	signBit   = 0x80000000
	infinity  = 0x7F800000
	log2E     = 0x3FB8AA3B // log₂ e
	ln2High   = 0x3F317200 // ln 2 is cut in two so that n·ln2High is exact for |n| < 2⁹
	ln2Low    = 0x35BFBE8E
	roundBias = 0x4B400000 // 1.5·2²³: adding it rounds to an integer, kept in the low bits
	expMax    = 0x42B17217 // the largest float32 whose exp is finite
	expMin    = 0xC2AEAC4F // exp below it is under 2⁻¹²⁶ and becomes 0
	tiny      = 0x0D800000 // 2⁻¹⁰⁰: moments below it are flushed to 0
)

// expOf is eˣ: with n = round(x·log₂e) and r = x - n·ln2, eˣ = 2ⁿ·eʳ. 2ⁿ is
// applied in two halves, because n = 128 has no float32 of its own.
func expOf(x float32) float32 {
	n := fma(x, log2E, roundBias) - roundBias
	r := fnma(n, ln2High, x)
	r = fnma(n, ln2Low, r)
	y := fma(0x3AB68938, r, 0x3C09066A) // Chebyshev fit of (eʳ-1-r)/r² on |r| ≤ ln2/2: in eʳ, its relative error is 9·10⁻⁹
	y = fma(y, r, 0x3D2AAA8C)
	y = fma(y, r, 0x3E2AAA6E)
	y = fma(y, r, 0x3F000000)
	y = fma(y, r, 1)
	y = fma(y, r, 1)

	h1 := fma(n, 0.5, roundBias)
	h2 := n - (h1 - roundBias) + roundBias
	y = y * addBits(toExponent(h1), 1)
	y = y * addBits(toExponent(h2), 1)

	y = choose(expMax < x, infinity, y)
	return drop(x < expMin, y)
}

func abs(x float32) float32 {
	return x & 0x7FFFFFFF
}

// flush turns a magnitude below 2⁻¹⁰⁰ into +0, so that no moment decays into
// the subnormal numbers.
func flush(x float32) float32 {
	return drop(abs(x) < tiny, x)
}

// velocity updates the momentum from μ·v.
func velocity(muV, g, lr float32) float32 {
	return flush(fnma(lr, g, muV))
}

// meanSquare updates the running mean of g²: v -= c·(v-g²). It never turns
// negative: v-g² rounds to at most v.
func meanSquare(g, v, c float32) float32 {
	return flush(fnma(c, fnma(g, g, v), v))
}
