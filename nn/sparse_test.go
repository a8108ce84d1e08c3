package nn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A plain table does not tell which of its numbers are zero.
type plain struct{ nn.Table }

// mostlyDark are pictures of which a share of some 15 % of the pixels is not zero.
func mostlyDark(n, pixels, classes int) nn.Dataset {
	d := pictures(n, pixels, classes)
	x := d.X.(nn.Bytes)
	r := rand.New(rand.NewPCG(5, 0))
	for i := range x.Data {
		if r.IntN(10) < 7 {
			x.Data[i] = 0
		}
	}
	return d
}

// unpacked are the numbers that the bytes stand for.
func unpacked(x nn.Bytes) nn.Floats {
	m := kernels.NewMat(x.Len(), x.Width())
	for i, b := range x.Data {
		m.Data[i] = float32(b) / x.Divisor
	}
	return nn.Floats{Mat: m}
}

// To leave out zeros changes no bit, of whatever widths the layers are.
func TestZerosAreLeftOutExactly(t *testing.T) {
	for _, units := range []int{5, 32, 100, 130, 256} {
		data := mostlyDark(90, 201, 5)
		layers := []nn.Dense{
			{Units: units, Activation: nn.Tanh, L2: 0.001},
			{Units: 20, Activation: nn.ReLU},
			{Units: 5, Activation: nn.Softmax},
		}
		train := func(t *testing.T, x nn.Table, tier kernels.Tier, workers int) (string, nn.Metrics) {
			m := newModel(t, 201, layers...)
			trainer := newTrainer(t, m, nn.Config{BatchSize: 16, Tier: tier, Workers: workers})
			d := nn.Dataset{X: x, Y: data.Y}
			fit(t, trainer, d, nn.FitConfig{Epochs: 2, Seed: 1})
			return m.SHA256(), evaluate(t, trainer, d)
		}
		want, wantMetrics := train(t, plain{data.X}, kernels.Auto, 1)
		everyWay(t, fmt.Sprint(units), func(t *testing.T, tier kernels.Tier, workers int) {
			for _, x := range []nn.Table{data.X, unpacked(data.X.(nn.Bytes))} {
				if got, metrics := train(t, x, tier, workers); got != want || metrics != wantMetrics {
					t.Errorf("%T: SHA-256 %s and %v, want %s and %v", x, got, metrics, want, wantMetrics)
				}
			}
		})
	}
}

// A weight that is no number spoils what it is multiplied with, be that zero.
func TestZeroTimesInfinity(t *testing.T) {
	for _, bad := range []float64{math.Inf(1), math.NaN()} {
		m := newModel(t, 40, nn.Dense{Units: 48, Activation: nn.ReLU}, nn.Dense{Units: 3, Activation: nn.Linear})
		kernel := m.Kernel(0)
		kernel.Set(17, 30, float32(bad))
		dark := nn.Bytes{Data: make([]uint8, 40), Columns: 40, Divisor: 255}
		predict(t, m, dark) // finite so far
		if err := m.SetWeights(0, kernel, m.Bias(0)); err != nil {
			t.Fatal(err)
		}
		if y := predict(t, m, dark); y.Data[0] == y.Data[0] {
			t.Errorf("a weight of %v and an input of 0 give %v, want NaN", bad, y.Data[0])
		}
	}
}

func TestSparseStepAllocatesNothing(t *testing.T) {
	data := mostlyDark(33, 201, 5)
	for _, workers := range []int{1, 2} {
		trainer := newTrainer(t, newModel(t, 201, allocLayers...), nn.Config{BatchSize: 33, Workers: workers})
		requireNoAllocs(t, func() error {
			_, err := trainer.TrainOnBatch(data)
			return err
		})
	}
}

// A doubled table is another one that embeds a table of ours.
type doubled struct{ nn.Floats }

func (d doubled) Gather(k *kernels.Core, dst kernels.Mat, rows []int) {
	d.Floats.Gather(k, dst, rows)
	k.Scale(dst.Data, dst.Data, 2)
}

// A table that embeds Floats is read by its own Gather, whatever zeros it has.
func TestTablesThatEmbedOthers(t *testing.T) {
	m := newModel(t, 40, nn.Dense{Units: 20, Activation: nn.ReLU}, nn.Dense{Units: 3, Activation: nn.Softmax})
	for _, rows := range []int{1, 50} {
		x := nn.Floats{Mat: kernels.NewMat(rows, 40)}
		twice := nn.Floats{Mat: kernels.NewMat(rows, 40)}
		for i := 0; i < len(x.Data); i += 7 {
			x.Data[i] = float32(i%5) - 1.5
			twice.Data[i] = 2 * x.Data[i]
		}
		requireSameBits(t, predict(t, m, doubled{x}).Data, predict(t, m, twice).Data)
	}
}
