package nn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/internal/balance"
	"github.com/mnist-fast/mnist-fast/kernels"
)

func dealt(s shards, speeds []float64) deal {
	d := make(deal, len(speeds))
	d.set(s, speeds)
	return d
}

func TestDeal(t *testing.T) {
	for _, c := range []struct {
		units  int
		speeds []float64
		ends   deal
	}{
		{256, []float64{1}, deal{8}},
		{256, []float64{1, 1}, deal{4, 8}},
		{256, []float64{1, 1, 1}, deal{3, 6, 8}},
		{30, []float64{1, 1, 1}, deal{1, 2, 2}}, // two shards
		{256, balance.New(9).Speeds, deal{1, 2, 3, 4, 5, 6, 7, 8, 8}},
		{256, []float64{1, 0.6}, deal{5, 8}},
		{256, []float64{0.6, 1}, deal{3, 8}},
		{256, []float64{3, 1, 1}, deal{6, 7, 8}},
		{256, []float64{1, 1e-9}, deal{7, 8}},
		{30, []float64{1, 1, 9}, deal{1, 2, 2}},
	} {
		if got := dealt(cut(c.units), c.speeds); !slices.Equal(got, c.ends) {
			t.Errorf("%d units, speeds %v: runs end at %v, want %v", c.units, c.speeds, got, c.ends)
		}
	}
}

// settle makes steps of workers of such speeds, in weights a nanosecond, and returns how
// often shards were dealt anew. Some of the time is the same for all deals.
func settle(d *dealer, steps int, speeds []float64) (deals int) {
	const other = 20 * time.Microsecond
	for range steps {
		for rank, share := range d.shares {
			d.Add(rank, share, other+time.Duration(share/speeds[rank]))
		}
		if d.tips() {
			deals++
		}
	}
	return deals
}

func dealerOf(t *testing.T, workers int, layers ...Dense) *dealer {
	t.Helper()
	m, err := NewSequential(784, 1, layers...)
	if err != nil {
		t.Fatal(err)
	}
	return newDealer(m, workers)
}

var threeLayers = []Dense{{Units: 256, Activation: ReLU}, {Units: 128, Activation: ReLU}, {Units: 10, Activation: Softmax}}

func TestDealerDealsBySpeed(t *testing.T) {
	const few, many = 1000, 5000 // steps
	for _, c := range []struct {
		name   string
		speeds []float64
		ends   deal
		deals  int
	}{
		{"alone", []float64{0.5}, deal{8}, 0},
		{"alike", []float64{0.5, 0.5}, deal{4, 8}, 0},
		{"nearly", []float64{0.5, 0.42}, deal{4, 8}, 0},
		{"one is slow", []float64{0.5, 0.3}, deal{5, 8}, 1},
		{"one is very slow", []float64{0.02, 0.5}, deal{1, 8}, 1},
		{"there are more workers than shards", append(balance.New(9).Speeds, 0.1), deal{1, 2, 3, 4, 5, 6, 7, 8, 8, 8}, 0},
		{"two are slow", []float64{0.5, 0.5, 0.25, 0.25}, deal{3, 6, 7, 8}, 1},
	} {
		d := dealerOf(t, len(c.speeds), threeLayers...)
		if deals := settle(d, few, c.speeds); deals != c.deals {
			t.Errorf("%s: dealt %d times, want %d", c.name, deals, c.deals)
		}
		if deals := settle(d, many, c.speeds); deals > 0 {
			t.Errorf("%s: does not come to rest", c.name)
		}
		all := d.model.stages[0].shards
		if got := dealt(all, d.Speeds); !slices.Equal(got, c.ends) {
			t.Errorf("%s: runs end at %v, want %v", c.name, got, c.ends)
		}
		settle(d, few, balance.New(len(c.speeds)).Speeds)
		if got, want := dealt(all, d.Speeds), dealt(all, balance.New(len(c.speeds)).Speeds); !slices.Equal(got, want) {
			t.Errorf("%s: then all are alike: runs end at %v, want %v", c.name, got, want)
		}
	}
}

// A worker that was held up once is not slow.
func TestDealerForgivesStalls(t *testing.T) {
	d := dealerOf(t, 2, threeLayers...)
	deals := 0
	for range 100 {
		d.Add(1, 0, time.Second)
		deals += settle(d, 1000, []float64{0.5, 0.5})
	}
	if deals > 0 {
		t.Errorf("dealt %d times", deals)
	}
}

// Without pairs of layers there is nothing to deal.
func TestDealerWithoutShards(t *testing.T) {
	if deals := settle(dealerOf(t, 2, Dense{Units: 10, Activation: Softmax}), 10000, []float64{1, 0.1}); deals > 0 {
		t.Errorf("dealt %d times", deals)
	}
}

// What steps tell the dealer of the time that workers took.
func TestDealerIsTold(t *testing.T) {
	trainer := squadsTrainer(t, Config{Workers: 2})
	data := Dataset{X: Floats{kernels.NewMat(7, 50)}, Y: Labels{Of: make([]uint8, 7), Classes: 5}}
	if _, err := trainer.TrainOnBatch(data); err != nil {
		t.Fatal(err)
	}
	s := trainer.step
	d, begin, steps := s.squad.dealer, time.Now(), 0.0
	d.Balance = balance.New(2)
	for told := false; !told; steps++ {
		s.squad.team.Run(s.run)
		took := float64(time.Since(begin))
		d.Tips(func(speeds []float64) []float64 {
			told = true
			for rank, speed := range speeds {
				if busy := d.shares[rank] * (steps + 1) / speed; busy <= 0 || busy > took {
					t.Errorf("worker %d was at work for %v of %v", rank, time.Duration(busy), time.Duration(took))
				}
			}
			return d.shares
		})
		if took > 1e10 {
			t.Fatal("it is not told")
		}
	}
}

func TestDealsAllocateNothing(t *testing.T) {
	trainer := squadsTrainer(t, Config{BatchSize: 7, Workers: 3, Accumulate: 2, EMA: 0.5, GlobalClipNorm: 0.1})
	q, r := trainer.step.squadOf(3), rand.New(rand.NewPCG(1, 2))
	if n := testing.AllocsPerRun(100, func() {
		for rank := range q.dealer.Speeds {
			q.dealer.Speeds[rank] = math.Exp(2 * r.NormFloat64())
		}
		q.takeShards()
		q.dealer.tips()
	}); n > 0 {
		t.Errorf("%v allocations each time", n)
	}
}
