package blas_test

import (
	"math/rand/v2"
	"testing"

	gonumblas "gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/kernels/blas"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// forAll runs a test on every tier, and on gonum's own implementation: what
// holds for ours must hold for that.
func forAll(t *testing.T, test func(t *testing.T, impl gonumblas.Float32)) {
	forTiers(t, func(t *testing.T, impl *blas.Implementation) { test(t, impl) })
	t.Run("gonum", func(t *testing.T) { test(t, gonum.Implementation{}) })
}

func forTiers(t *testing.T, test func(t *testing.T, impl *blas.Implementation)) {
	for _, tier := range kernels.Tiers() {
		t.Run(tier.String(), func(t *testing.T) { test(t, &blas.Implementation{Tier: tier, Workers: 3}) })
	}
}

func randomVector(rnd *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = rnd.NormFloat64()
	}
	return x
}

func single(x []float64) []float32 {
	y := make([]float32, len(x))
	for i, v := range x {
		y[i] = float32(v)
	}
	return y
}

// each returns f of every element.
func each(f func(float64) float64, x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = f(float64(v))
	}
	return y
}

func same(x float64) float64 { return x }

// caught returns the value that f panics with, or nil.
func caught(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// requireSame compares bits. It may be called on any goroutine.
func requireSame(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if d := suite.Difference(got, want); d != "" {
		t.Errorf("%s: %s", what, d)
	}
}
