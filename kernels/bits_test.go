package kernels_test

import (
	"encoding/binary"
	"hash"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// pinned are hashes of the results of every method for given operands. They
// compare machines, which no test on one machine can. Changing a formula on
// purpose changes its hash, and the weights of every model trained from then on.
var pinned = map[string]uint64{
	"Adam":                0x701b3459d3968d72,
	"Add":                 0x5211ddc1e4211900,
	"ColSum":              0xe24010b62df12db3,
	"Distance":            0x64a9f9977377f64b,
	"Divide":              0x02819ba11c5cf97f,
	"Dot":                 0xa7f51dbf065ba7df,
	"Exp":                 0x8f0d5879821cb5f3,
	"Gemm":                0xbcbf36b0879c5c32,
	"Momentum":            0x36483c6ef85550ab,
	"Nesterov":            0x1f6755478d0bb7c8,
	"PenaltyGrad":         0x6742b41a0cb5ee21,
	"RMSprop":             0x35fc97c41b3b66a9,
	"ReLU":                0xfef396e012da81f5,
	"ReLUGrad":            0xbad06acf39b8a287,
	"Residual":            0x2614922c2d0d9fcd,
	"SGD":                 0x560ba2c2697d53c1,
	"Scale":               0xc70665ec2a82a3bf,
	"Sigmoid":             0x7f5439707767a956,
	"SigmoidGrad":         0xcaa517b77353fa65,
	"SoftmaxCrossEntropy": 0x98ea871c48648c45,
	"SoftmaxGrad":         0xac623d57e05ba3bb,
	"SumAbs":              0x0368791f0524c65c,
	"Tanh":                0xe2f6eee1d58d77f8,
	"TanhGrad":            0x59b6e5a7c1382971,
}

// plainNumber is a random float32 from 2⁻⁸ to 2⁸, made without the functions of
// package math, which differ between machines.
func plainNumber(rnd *rand.Rand) float32 {
	exponent := uint32(127 - 8 + rnd.IntN(16))
	return math.Float32frombits(rnd.Uint32()&0x807FFFFF | exponent<<23)
}

func plainVector(rnd *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = plainNumber(rnd)
	}
	return x
}

func write(h hash.Hash, x ...float32) {
	for _, v := range x {
		binary.Write(h, binary.LittleEndian, math.Float32bits(v))
	}
}

// pinnedCalls make operands, call a method, and write its results.
func pinnedCalls() map[string]func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
	const n, rows = 1003, 17
	calls := map[string]func(k *kernels.Core, rnd *rand.Rand, h hash.Hash){}
	for _, c := range slices.Concat(maps, optimizers) {
		calls[c.name] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
			v := make([][]float32, c.streams)
			for s := range v {
				v[s] = plainVector(rnd, n)
				for i, x := range v[s] {
					if s == c.square && s > 0 && x < 0 {
						v[s][i] = -x
					}
				}
			}
			c.call(k, v)
			write(h, slices.Concat(v...)...)
		}
	}
	for _, r := range reductions {
		calls[r.name] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
			write(h, r.call(k, plainVector(rnd, n), plainVector(rnd, n)))
		}
	}
	matrix := func(rnd *rand.Rand) kernels.Mat { return kernels.View(plainVector(rnd, rows*n), rows, n) }
	calls["Gemm"] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
		c, bias := kernels.NewMat(rows, rows), plainVector(rnd, rows)
		k.Gemm(1.5, matrix(rnd), matrix(rnd).T(), 0, c, kernels.Epilogue{Bias: bias, ReLU: true})
		write(h, c.Data...)
	}
	calls["ColSum"] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
		sum := make([]float32, n)
		k.ColSum(sum, matrix(rnd))
		write(h, sum...)
	}
	calls["SoftmaxGrad"] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
		dx := matrix(rnd)
		k.SoftmaxGrad(dx, dx, matrix(rnd))
		write(h, dx.Data...)
	}
	calls["SoftmaxCrossEntropy"] = func(k *kernels.Core, rnd *rand.Rand, h hash.Hash) {
		z, loss := matrix(rnd), make([]float32, rows)
		k.Scale(z.Data, z.Data, 0.125)
		k.SoftmaxCrossEntropy(loss, z, z, matrix(rnd), 0.1)
		write(h, slices.Concat(loss, z.Data)...)
	}
	return calls
}

func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	calls := pinnedCalls()
	for name := range pinned {
		if calls[name] == nil {
			t.Errorf("no call of %s", name)
		}
	}
	forTiers(t, func(t *testing.T, k *kernels.Core) {
		for name, call := range calls {
			h := fnv.New64a()
			call(k, rand.New(rand.NewPCG(1, 2)), h)
			if got := h.Sum64(); got != pinned[name] {
				t.Errorf("%s: hash %#016x, want %#016x", name, got, pinned[name])
			}
		}
	})
}
