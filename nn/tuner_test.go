package nn

import (
	"math"
	"math/rand/v2"
	"runtime"
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
		"two of six are slow":          {6, 4, map[int]float64{1: 0.1, 2: 0.2, 4: 0.4, 6: 0.3}},
		"a small model":                {8, 1, map[int]float64{1: 4, 2: 3, 4: 2, 8: 1}},
		"many processors":              {64, 8, map[int]float64{1: 0.01, 2: 0.02, 4: 0.04, 8: 0.08, 16: 0.07, 32: 0.06, 64: 0.05}},
		"drawing takes more than that": {32, 32, map[int]float64{1: 0.01, 2: 0.02, 4: 0.04, 8: 0.08, 16: 0.16, 32: 0.32}},
		"a second for a step":          {4, 4, map[int]float64{1: 1e-5, 2: 2e-5, 4: 4e-5}},
		"one processor":                {1, 1, map[int]float64{1: 1}},
	} {
		speed := func(workers int, _ time.Duration) float64 {
			if c.speed[workers] == 0 {
				t.Fatalf("%s: a trial of %d workers", name, workers)
			}
			return c.speed[workers]
		}
		step := time.Duration(32 / c.speed[c.fastest] * float64(time.Microsecond))
		tuner := newTuner(1, c.most)
		drive(tuner, max(2*time.Second, 200*step), speed)
		if tuner.best != c.fastest {
			t.Errorf("%s: settled for %d workers, want %d", name, tuner.best, c.fastest)
		}
		share := drive(tuner, max(10*time.Second, 1000*step), speed)
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

// Something holds up the workers for 8 ms, four times a second.
func TestTunerForgivesStalls(t *testing.T) {
	const every, stall = 250 * time.Millisecond, 8 * time.Millisecond
	next := every
	share := drive(newTuner(1, 8), 10*time.Second, func(workers int, at time.Duration) float64 {
		if at >= next {
			next += every
			return 32 / float64(stall.Microseconds())
		}
		return 0.1 * float64(workers)
	})
	if share[8] < 0.95 {
		t.Errorf("workers and their shares of the time: %v", share)
	}
}

// What is asked for is what there is.
func TestTunerLeavesWorkersThatWereAskedFor(t *testing.T) {
	tuner := newTuner(4, 4)
	share := drive(tuner, time.Second, func(int, time.Duration) float64 { return rand.Float64() })
	if len(share) != 1 || share[4] == 0 {
		t.Errorf("workers and their shares of the time: %v", share)
	}
	for asked, want := range map[int][2]int{0: {1, runtime.GOMAXPROCS(0)}, 3: {3, 3}} {
		trainer := squadsTrainer(t, Config{Workers: asked})
		if got := [2]int{trainer.step.tuner.least, trainer.step.tuner.most}; got != want {
			t.Errorf("%d workers asked for: from %d to %d", asked, got[0], got[1])
		}
	}
}

// squadsTrainer has pairs of layers and single ones, of which each worker has a copy.
func squadsTrainer(t *testing.T, c Config) *Trainer {
	t.Helper()
	m, err := NewSequential(50, 1,
		Dense{Units: 33, Activation: ReLU, Dropout: 0.25}, Dense{Units: 20, Activation: ReLU},
		Dense{Units: 35, Activation: Softmax, L2: 0.001}, Dense{Units: 18, Activation: Tanh}, Dense{Units: 5, Activation: Softmax})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return trainer
}

// Squads of different sizes go on where others were, also in the midst of an update, and
// whoever has which shards.
func TestSquadsTakeTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	x := Floats{kernels.NewMat(7, 50)}
	for i := range x.Data {
		x.Data[i] = max(0, r.Float32()-0.8) // few are not zero
	}
	data := Dataset{X: x, Y: Labels{Of: []uint8{0, 1, 2, 3, 4, 0, 1}, Classes: 5}}
	for name, c := range map[string]Config{
		"gradients used at once": {BatchSize: 7, Workers: 8},
		"gradients kept":         {BatchSize: 7, Workers: 8, Accumulate: 2, EMA: 0.5, GlobalClipNorm: 0.1},
		"each gradient limited":  {BatchSize: 7, Workers: 9, ClipNorm: 0.01, InputDropout: 0.1, Optimizer: NewRMSprop()},
	} {
		train := func(workers ...int) (scores []Metrics, weights string, average []float32) {
			trainer := squadsTrainer(t, c)
			for i := range 20 {
				trainer.step.tuner.now = workers[i%len(workers)]
				if i%3 > 0 {
					q := trainer.step.squadOf(trainer.step.tuner.now)
					for rank := range q.dealer.Speeds {
						q.dealer.Speeds[rank] = math.Exp(2 * r.NormFloat64())
					}
					q.takeShards()
				}
				score, err := trainer.TrainOnBatch(data)
				if err != nil {
					t.Fatal(err)
				}
				scores = append(scores, score)
			}
			return scores, trainer.Model().SHA256(), trainer.step.state.average
		}
		wantScores, wantWeights, wantAverage := train(1)
		scores, weights, average := train(c.Workers, 3, 1, 2, 2, 8, 1)
		if !slices.Equal(scores, wantScores) || weights != wantWeights || !slices.Equal(average, wantAverage) {
			t.Errorf("%s: scores %v, weights %s; want %v, %s", name, scores, weights, wantScores, wantWeights)
		}
	}
}

// The workers of all squads end, and there are no others.
func TestCloseEndsAllSquads(t *testing.T) {
	before := runtime.NumGoroutine()
	trainer := squadsTrainer(t, Config{Workers: 8})
	for _, workers := range []int{8, 4, 2} {
		trainer.step.squadOf(workers)
	}
	trainer.Close()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
	defer func() {
		if recover() == nil {
			t.Error("a closed trainer trains")
		}
	}()
	trainer.step.squadOf(1)
}
