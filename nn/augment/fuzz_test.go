package augment

import (
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// FuzzDraw draws images of any size with any settings that New takes.
func FuzzDraw(f *testing.F) {
	f.Add(uint16(1), uint16(1), 2.0, 15.0, 0.1, 0.1, 34.0, 4.0, 0.1, 0.5, uint64(1))
	f.Add(uint16(28), uint16(28), 4096.0, 180.0, 0.9, 2.0, 65536.0, 1.0, 1.0, 1.0, uint64(1))
	f.Add(uint16(4096), uint16(3), 1.0, 1.0, 0.9, 0.1, 3.0, 4096.0, 0.0, 1.0, uint64(1))
	f.Add(uint16(2), uint16(300), 0.0, 0.0, 0.0, 0.0, 34.0, 1.9, 0.0, 0.0, uint64(1))
	f.Fuzz(func(t *testing.T, width, height uint16, shift, rotation, scale, shear, alpha, sigma, noise, erase float64, seed uint64) {
		n := int(width) * int(height)
		if n > 1<<16 {
			t.Skip("slow")
		}
		b := nn.Bytes{Data: noisy(1, 2*n), Columns: n, Divisor: 255}
		m, err := New(b, int(width), Settings{shift, rotation, scale, shear, Elastic{alpha, sigma}, noise, erase}, seed)
		if err != nil {
			return
		}
		k := kernels.NewCore(kernels.Auto)
		dst := make([]uint8, n)
		m.Epoch(1).(nn.Drawn).Draw(k, dst, []int{1})
		for i, x := range m.painter().coords.coords.Data {
			if !(x > -1<<30 && x < 1<<30) {
				t.Fatalf("coordinate %d is %v", i, x)
			}
		}
	})
}
