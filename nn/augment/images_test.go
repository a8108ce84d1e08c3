package augment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// everything is changed by these.
var everything = Settings{
	Shift: 2, Rotation: 15, Scale: 0.15, Shear: 0.2, Elastic: Elastic{Alpha: 34, Sigma: 4}, Noise: 0.05, Erase: 0.5,
}

// The bits of 60 digits, changed by everything, in epoch 3 with seed 7, on every
// machine. They change when the arithmetic or the random numbers do.
const everythingSHA256 = "7765258b965efeb960c167c610ef8c68d46ae9134a7199b65f9fc3254954d74c"

func newImages(tb testing.TB, b nn.Bytes, s Settings, seed uint64) *Images {
	tb.Helper()
	m, err := New(b, 28, s, seed)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// draw returns the images of an epoch, computed in batches of a size.
func draw(m *Images, epoch int, tier kernels.Tier, size int) []uint8 {
	table, k := m.Epoch(epoch).(nn.Drawn), kernels.NewCore(tier)
	dst := make([]uint8, len(m.Data))
	for at := 0; at < m.Len(); at += size {
		var rows []int
		for i := at; i < min(at+size, m.Len()); i++ {
			rows = append(rows, i)
		}
		table.Draw(k, dst[at*m.Columns:], rows)
	}
	return dst
}

func TestBits(t *testing.T) {
	m := newImages(t, digits(t, 60), everything, 7)
	for _, tier := range kernels.Tiers() {
		for _, size := range []int{1, 7, 60} {
			t.Run(fmt.Sprintf("tier=%v/batch=%d", tier, size), func(t *testing.T) {
				if got := fmt.Sprintf("%x", sha256.Sum256(draw(m, 3, tier, size))); got != everythingSHA256 {
					t.Errorf("images have SHA-256 %s, want %s", got, everythingSHA256)
				}
			})
		}
	}
}

// Training on changed images gives the same weights with any number of workers.
func TestBitsOfTraining(t *testing.T) {
	data, err := mnist.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := nn.Dataset{
		X: newImages(t, digits(t, 100), everything, 7),
		Y: nn.Labels{Of: data.Train.Labels[:100], Classes: 10},
	}
	want := ""
	for _, tier := range kernels.Tiers() {
		for _, workers := range []int{1, 2, 3, 5, 8} {
			t.Run(fmt.Sprintf("tier=%v/workers=%d", tier, workers), func(t *testing.T) {
				m, err := nn.NewSequential(784, 1, nn.Dense{Units: 16, Activation: nn.ReLU}, nn.Dense{Units: 10, Activation: nn.Softmax})
				if err != nil {
					t.Fatal(err)
				}
				trainer, err := nn.NewTrainer(m, nn.Config{Tier: tier, Workers: workers})
				if err != nil {
					t.Fatal(err)
				}
				defer trainer.Close()
				if _, err := trainer.Fit(context.Background(), d, nn.FitConfig{Epochs: 2, Seed: 1}); err != nil {
					t.Fatal(err)
				}
				if want == "" {
					want = m.SHA256()
				}
				if got := m.SHA256(); got != want {
					t.Errorf("weights %s, want %s", got, want)
				}
			})
		}
	}
}

// Seeds, epochs, samples and settings decide what is seen.
func TestImagesDiffer(t *testing.T) {
	one := digits(t, 1)
	twins := one
	twins.Data = append(one.Data[:784:784], one.Data...)
	first := draw(newImages(t, twins, everything, 1), 1, kernels.Auto, 2)
	for name, other := range map[string][]uint8{
		"sample":   first[784:],
		"epoch":    draw(newImages(t, one, everything, 1), 2, kernels.Auto, 1),
		"seed":     draw(newImages(t, one, everything, 2), 1, kernels.Auto, 1),
		"settings": draw(newImages(t, one, Digits(), 1), 1, kernels.Auto, 1),
		"original": one.Data,
	} {
		if bytes.Equal(first[:784], other) {
			t.Errorf("another %s gives the same image", name)
		}
	}
	if again := draw(newImages(t, one, everything, 1), 1, kernels.Auto, 1); !bytes.Equal(first[:784], again) {
		t.Error("the same sample, epoch, seed and settings give another image")
	}
}

// Settings that change nothing leave the images as they are.
func TestNothingToChange(t *testing.T) {
	b := digits(t, 10)
	for _, s := range []Settings{{}, {Shift: 1e-9}, {Elastic: Elastic{Alpha: 1e-9, Sigma: 4}}, {Noise: 1e-9}} {
		if got := draw(newImages(t, b, s, 1), 1, kernels.Auto, 10); !bytes.Equal(got, b.Data) {
			t.Errorf("%+v changed the images", s)
		}
	}
}

// As numbers, images are the bytes that they are drawn as; as a table of no epoch,
// those they were made of.
func TestGather(t *testing.T) {
	b := digits(t, 20)
	m := newImages(t, b, everything, 1)
	k := kernels.NewCore(kernels.Auto)
	rows := []int{3, 0, 19, 3}
	drawn := b
	drawn.Data = draw(m, 5, kernels.Auto, 20)
	for _, c := range []struct{ table, want nn.Table }{{m, b}, {m.Epoch(5), drawn}} {
		got, want := kernels.NewMat(len(rows), 784), kernels.NewMat(len(rows), 784)
		c.table.Gather(k, got, rows)
		c.want.Gather(k, want, rows)
		for i := range want.Data {
			if got.Data[i] != want.Data[i] {
				t.Fatalf("%T: number %d is %v, want %v", c.table, i, got.Data[i], want.Data[i])
			}
		}
	}
}

func TestAllocatesNothing(t *testing.T) {
	m := newImages(t, digits(t, 32), everything, 1)
	table := m.Epoch(1).(nn.Drawn)
	k := kernels.NewCore(kernels.Auto)
	dst, numbers, rows := make([]uint8, 784), kernels.NewMat(1, 784), []int{0}
	// Buffers come from a pool, which may forget some (under the race detector it
	// does so on purpose): then a call makes them anew, but not every call.
	fewest := math.Inf(1)
	for range 200 {
		fewest = min(fewest, testing.AllocsPerRun(1, func() {
			rows[0] = (rows[0] + 1) % 32
			table.Draw(k, dst, rows)
			table.Gather(k, numbers, rows)
		}))
	}
	if fewest > 0 {
		t.Errorf("%v allocations each time, want 0", fewest)
	}
}

func TestNewRefuses(t *testing.T) {
	pixels := nn.Bytes{Data: make([]uint8, 12), Columns: 6, Divisor: 255}
	for _, c := range []struct {
		name  string
		b     nn.Bytes
		width int
		s     Settings
		want  string
		data  bool
	}{
		{"divisor", nn.Bytes{Data: pixels.Data, Columns: 6}, 3, Settings{}, "divisor 0", true},
		{"rows", nn.Bytes{Data: pixels.Data, Columns: 5, Divisor: 1}, 5, Settings{}, "12 bytes", true},
		{"width", pixels, 4, Settings{}, "6 pixels are not 4 wide", true},
		{"no width", pixels, 0, Settings{}, "not 0 wide", true},
		{"negative width", pixels, -3, Settings{}, "not -3 wide", true},
		{"large", nn.Bytes{Columns: 5000, Divisor: 1}, 5000, Settings{}, "5000 × 1", true},
		{"shift", pixels, 3, Settings{Shift: -1}, "shift -1", false},
		{"rotation", pixels, 3, Settings{Rotation: 181}, "rotation 181", false},
		{"scale", pixels, 3, Settings{Scale: 1}, "scale 1", false},
		{"shear", pixels, 3, Settings{Shear: 3}, "shear 3", false},
		{"alpha", pixels, 3, Settings{Elastic: Elastic{Alpha: -1, Sigma: 4}}, "alpha", false},
		{"sigma", pixels, 3, Settings{Elastic: Elastic{Alpha: 1}}, "sigma", false},
		{"small sigma", pixels, 3, Settings{Elastic: Elastic{Alpha: 1, Sigma: 0.5}}, "sigma", false},
		{"noise", pixels, 3, Settings{Noise: 2}, "noise 2", false},
		{"erase", pixels, 3, Settings{Erase: 1.5}, "erasing 1.5", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.b, c.width, c.s, 1)
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, nn.ErrData) != c.data {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}
