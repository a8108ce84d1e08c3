package kernels

import "github.com/mnist-fast/mnist-fast/kernels/internal/micro"

// Softmax computes, for every row, y[i][j] = exp(x[i][j]-m) / Σⱼ exp(x[i][j]-m)
// with m the largest x[i][j]. y may be x. Rows must be contiguous.
func (k *Core) Softmax(y, x Mat) {
	checkRows(y, x)
	for i := range y.Rows {
		to, from := y.Row(i), x.Row(i)
		k.Divide(to, to, k.expSum(to, from, k.max(from)))
	}
}

// SoftmaxGrad computes, for every row, dx = (dy - Σ dy·y)·y: the gradient of
// what comes before a softmax with output y. dx may be dy.
func (k *Core) SoftmaxGrad(dx, dy, y Mat) {
	checkRows(dx, dy, y)
	for i := range dx.Rows {
		to, from, out := dx.Row(i), dy.Row(i), y.Row(i)
		each3(with3(k.set.SoftmaxGrad, k.Dot(from, out)), to, from, out)
	}
}

// SoftmaxCrossEntropy computes, for every row of logits z and of targets t,
//
//	loss[i]  = -Σⱼ t[i][j]·log softmax(z[i])[j]
//	dz[i][j] = a·(softmax(z[i])[j] - t[i][j])
//
// where each row of t sums to 1; a dz below 2⁻¹⁰⁰ becomes 0, as in Residual. dz may be z,
// but not t. Rows must be contiguous; it panics if loss does not have z.Rows elements.
func (k *Core) SoftmaxCrossEntropy(loss []float32, dz, z, t Mat, a float32) {
	checkRows(dz, z, t)
	if len(loss) != z.Rows {
		panic(badLength)
	}
	dz.checkApart(&t)
	for _, m := range [...]Mat{dz, z, t} {
		m.checkApart(&Mat{loss, 1, len(loss), 0, 1})
	}
	for i := range loss {
		if z.Cols == 0 {
			loss[i] = 0
			continue
		}
		row, target := dz.Row(i), t.Row(i)
		loss[i] = k.crossEntropyRow(row, z.Row(i), target)
		k.Residual(row, row, target, a)
	}
}

// crossEntropyRow leaves softmax(z) in y and returns the loss,
// Σⱼ t[j]·(m - z[j]) + log Σⱼ exp(z[j]-m) · Σⱼ t[j].
func (k *Core) crossEntropyRow(y, z, t []float32) float32 {
	largest := k.max(z)
	var loss, total float32
	for j, tj := range t {
		if tj != 0 {
			loss = micro.FMA(tj, largest-z[j], loss)
			total += tj
		}
	}
	sum := k.expSum(y, z, largest)
	k.Divide(y, y, sum)
	return micro.FMA(total, micro.Log(sum), loss)
}

// checkRows panics unless the matrices have one shape and out is the same as,
// or apart from, each of the others.
func checkRows(out Mat, in ...Mat) {
	out.checkOutput()
	for _, m := range in {
		m.checkInput()
		if m.Rows != out.Rows || m.Cols != out.Cols {
			panic(badShape)
		}
		if m.Rows == 0 || m.Cols == 0 || m.at(0, 0) != out.at(0, 0) || m.RowStride != out.RowStride || m.ColStride != out.ColStride {
			out.checkApart(&m) // not the same memory, so none of it
		}
	}
}
