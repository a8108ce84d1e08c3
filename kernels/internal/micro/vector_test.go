package micro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels/internal/guard"
	"github.com/mnist-fast/mnist-fast/kernels/internal/suite"
)

// operands makes the streams of a kernel for n elements.
func (k vectorKernel) operands(rnd *rand.Rand, n int) (streams [][]float32, bytes []uint8, scalars []float32) {
	for i := range k.streams {
		length := n
		if k.reduce && i == k.streams-1 {
			length = Lanes
		}
		x := make([]float32, length)
		fill(rnd, x)
		streams = append(streams, x)
	}
	bytes = make([]uint8, n)
	for i := range bytes {
		bytes[i] = uint8(rnd.Uint32())
	}
	scalars = make([]float32, 5)
	fill(rnd, scalars)
	return streams, bytes, scalars
}

// Every tier gives the generic tier's bits for every tail length and kind of
// number, touches nothing outside its operands, and leaves its inputs alone.
func TestVectorKernelsMatchGeneric(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		for _, k := range vectorKernels {
			t.Run(k.name, func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(1, 2))
				for n := range 70 {
					if k.reduce && n%Lanes != 0 {
						continue
					}
					for _, side := range []guard.Side{guard.Before, guard.After} {
						checkVector(t, s, k, rnd, n, side)
					}
				}
			})
		}
	})
}

func checkVector(t *testing.T, s *Set, k vectorKernel, rnd *rand.Rand, n int, side guard.Side) {
	t.Helper()
	streams, bytes, scalars := k.operands(rnd, n)
	var got [][]float32
	for _, x := range streams {
		got = append(got, guarded(t, x, side))
	}
	x := guard.Bytes(t, n, side)
	copy(x, bytes)

	k.call(s, n, pointers(got), ptr(x), scalars)
	k.call(&generic, n, pointers(streams), ptr(bytes), scalars)
	for i := range streams {
		suite.RequireSame(t, fmt.Sprintf("n = %d, stream %d", n, i), got[i], streams[i])
	}
	if !slices.Equal(x, bytes) {
		t.Fatalf("n = %d: the bytes were written to", n)
	}
}

func ptr(x []uint8) *uint8 {
	if len(x) == 0 {
		return new(uint8)
	}
	return &x[0]
}

// A map with one result may work in place: all its streams may be one memory.
func TestMapKernelsInPlace(t *testing.T) {
	forTiers(t, func(t *testing.T, s *Set) {
		for _, k := range vectorKernels {
			if k.reduce || slices.Contains([]string{"SGD", "Momentum", "Nesterov", "RMSprop", "Adam"}, k.name) {
				continue
			}
			rnd := rand.New(rand.NewPCG(3, 4))
			streams, bytes, scalars := k.operands(rnd, 37)
			want := slices.Clone(streams[0])
			got := slices.Clone(streams[0])
			all := func(x []float32) []*float32 { return pointers(slices.Repeat([][]float32{x}, k.streams)) }
			k.call(&generic, 37, all(want), ptr(bytes), scalars)
			k.call(s, 37, all(got), ptr(bytes), scalars)
			suite.RequireSame(t, k.name, got, want)
		}
	})
}

// FuzzVectorKernels compares every tier with the generic one on arbitrary bits.
func FuzzVectorKernels(f *testing.F) {
	f.Add(uint8(0), uint8(17), uint64(1))
	f.Add(uint8(18), uint8(64), uint64(2))
	f.Fuzz(func(t *testing.T, which, n uint8, seed uint64) {
		k := vectorKernels[int(which)%len(vectorKernels)]
		length := int(n)
		if k.reduce {
			length -= length % Lanes
		}
		for _, s := range usable()[1:] {
			rnd := rand.New(rand.NewPCG(seed, 0))
			checkVector(t, &s, k, rnd, length, guard.Side(seed%2))
		}
	})
}

func BenchmarkVector(b *testing.B) {
	const n = 4096
	for _, k := range vectorKernels {
		for _, s := range usable() {
			b.Run(fmt.Sprintf("kernel=%s/tier=%s/n=%d", k.name, s.Name, n), func(b *testing.B) {
				streams, bytes, _ := k.operands(rand.New(rand.NewPCG(1, 2)), n)
				for _, x := range streams {
					for i := range x {
						x[i] = float32(i%17)/16 + 0.01 // no special numbers: they may be slow
					}
				}
				scalars := []float32{1e-3, 0.1, 1e-3, 1e-7, 1}
				v := pointers(streams)
				b.SetBytes(int64(4 * n * k.streams))
				for b.Loop() {
					k.call(&s, n, v, &bytes[0], scalars)
				}
			})
		}
	}
}
