package nn

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// drive makes steps of 32 samples for a while and returns the share of the time that
// each number of workers had. speed is in samples a microsecond.
func drive(t *tuner, total time.Duration, speed func(workers int, at time.Duration) float64) map[int]float64 {
	const samples = 32
	share := map[int]float64{}
	for at := time.Duration(0); at < total; {
		took := time.Duration(samples / speed(t.now, at) * float64(time.Microsecond))
		share[t.now] += float64(took) / float64(total)
		at += took
		t.stepped(samples, took)
	}
	return share
}

func TestTunerFindsTheFastest(t *testing.T) {
	for name, c := range map[string]struct {
		most, fastest int
		speed         map[int]float64
	}{
		"each processor helps":         {8, 8, map[int]float64{1: 0.05, 2: 0.1, 4: 0.2, 8: 0.4}},
		"two of six are slow":          {6, 3, map[int]float64{1: 0.1, 2: 0.2, 3: 0.3, 6: 0.25}},
		"a small model":                {8, 1, map[int]float64{1: 4, 2: 3, 4: 2, 8: 1}},
		"many processors":              {64, 8, map[int]float64{1: 0.01, 2: 0.02, 4: 0.04, 8: 0.08, 16: 0.07, 32: 0.06, 64: 0.05}},
		"drawing takes more than that": {32, 32, map[int]float64{1: 0.01, 2: 0.02, 4: 0.04, 8: 0.08, 16: 0.16, 32: 0.32}},
		"a second for a step":          {4, 4, map[int]float64{1: 1e-5, 2: 2e-5, 4: 4e-5}},
		"one processor":                {1, 1, map[int]float64{1: 1}},
	} {
		step := time.Duration(32 / slices.Max([]float64{c.speed[1], c.speed[c.fastest]}) * float64(time.Microsecond))
		tuner := newTuner(1, c.most)
		drive(tuner, max(time.Second, 100*step), func(n int, _ time.Duration) float64 { return c.speed[n] })
		if tuner.best != c.fastest {
			t.Errorf("%s: settled for %d workers, want %d", name, tuner.best, c.fastest)
		}
		share := drive(tuner, max(10*time.Second, 1000*step), func(n int, _ time.Duration) float64 { return c.speed[n] })
		if got := share[c.fastest]; got < 0.9 {
			t.Errorf("%s: %d workers have %.3f of the time, %v", name, c.fastest, got, share)
		}
	}
}

// Another program takes a processor, in slices of 4 ms of 8, and whoever works there
// keeps all waiting.
func TestTunerMakesWayForOtherPrograms(t *testing.T) {
	const busyFrom, busyTo = 2 * time.Second, 4 * time.Second
	now := time.Duration(0)
	speed := func(workers int, at time.Duration) float64 {
		at += now
		const slice = 4 * time.Millisecond
		if workers == 2 && at >= busyFrom && at < busyTo && at/slice%2 == 1 {
			return 0.01
		}
		return 0.1 * float64(workers)
	}
	tuner := newTuner(1, 2)
	for _, c := range []struct {
		what    string
		until   time.Duration
		workers int
	}{{"alone", busyFrom, 2}, {"with another program", busyTo, 1}, {"alone again", busyTo + 5*time.Second, 2}} {
		share := drive(tuner, c.until-now, speed)
		now = c.until
		if tuner.best != c.workers || share[c.workers] < 0.6 {
			t.Errorf("%s: %d workers settled for, which had %.3f of the time; want %d", c.what, tuner.best, share[c.workers], c.workers)
		}
	}
}

// What is asked for is what there is.
func TestTunerLeavesWorkersThatWereAskedFor(t *testing.T) {
	tuner := newTuner(4, 4)
	share := drive(tuner, time.Second, func(int, time.Duration) float64 { return rand.Float64() })
	if len(share) != 1 || share[4] == 0 {
		t.Errorf("workers and their shares of the time: %v", share)
	}
}

// squadsModel has pairs of layers and single ones, of which each worker has a copy.
func squadsTrainer(t *testing.T) *Trainer {
	t.Helper()
	m, err := NewSequential(23, 1,
		Dense{Units: 33, Activation: ReLU, L1: 0.001, Dropout: 0.25}, Dense{Units: 20, Activation: ReLU},
		Dense{Units: 35, Activation: Softmax, L2: 0.001}, Dense{Units: 18, Activation: Tanh}, Dense{Units: 5, Activation: Softmax})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, Config{BatchSize: 7, Workers: 8, Accumulate: 2, EMA: 0.5, GlobalClipNorm: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return trainer
}

// Squads of different sizes go on where others were, in the midst of an update.
func TestSquadsTakeTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	x := Floats{kernels.NewMat(7, 23)}
	for i := range x.Data {
		x.Data[i] = max(0, r.Float32()-0.5)
	}
	data := Dataset{X: x, Y: Labels{Of: []uint8{0, 1, 2, 3, 4, 0, 1}, Classes: 5}}
	train := func(workers ...int) (scores []Metrics, weights, average string) {
		trainer := squadsTrainer(t)
		for i := range 20 {
			trainer.step.tuner.now = workers[i%len(workers)]
			score, err := trainer.TrainOnBatch(data)
			if err != nil {
				t.Fatal(err)
			}
			scores = append(scores, score)
		}
		return scores, trainer.Model().SHA256(), trainer.Averaged().SHA256()
	}
	wantScores, wantWeights, wantAverage := train(1)
	scores, weights, average := train(8, 3, 1, 2, 2, 8, 1)
	if !slices.Equal(scores, wantScores) || weights != wantWeights || average != wantAverage {
		t.Errorf("scores %v, weights %s, average %s; want %v, %s, %s", scores, weights, average, wantScores, wantWeights, wantAverage)
	}
}
