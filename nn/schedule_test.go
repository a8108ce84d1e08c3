package nn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// schedules are compared with their definitions, written with math.
var schedules = []struct {
	name     string
	schedule nn.Schedule
	steps    []int
	want     func(step float64) float64
}{
	{"constant", nn.Constant{LearningRate: 0.1}, tenSteps(1), func(float64) float64 { return 0.1 }},
	{"piecewise", nn.PiecewiseConstantDecay{Boundaries: []int{2, 3, 7}, Values: []float64{1, 0.5, 0.25, 0}}, tenSteps(1),
		func(x float64) float64 { return []float64{1, 1, 1, 0.5, 0.25, 0.25, 0.25, 0.25, 0, 0}[int(x)] }},
	{"exponential", nn.ExponentialDecay{InitialLearningRate: 0.1, DecaySteps: 7, DecayRate: 0.9}, tenSteps(3),
		func(x float64) float64 { return 0.1 * math.Pow(0.9, x/7) }},
	{"exponential, growing", nn.ExponentialDecay{InitialLearningRate: 1e-6, DecaySteps: 1, DecayRate: 1.5}, tenSteps(1),
		func(x float64) float64 { return 1e-6 * math.Pow(1.5, x) }},
	{"staircase", nn.ExponentialDecay{InitialLearningRate: 0.1, DecaySteps: 7, DecayRate: 0.9, Staircase: true}, tenSteps(3),
		func(x float64) float64 { return 0.1 * math.Pow(0.9, math.Floor(x/7)) }},
	{"cosine", nn.CosineDecay{InitialLearningRate: 0.1, DecaySteps: 20, Alpha: 0.1}, tenSteps(3),
		func(x float64) float64 {
			return 0.1 * (0.9*0.5*(1+math.Cos(math.Pi*math.Min(x, 20)/20)) + 0.1)
		}},
	{"cosine with warm-up", nn.CosineDecay{InitialLearningRate: 0.01, DecaySteps: 15, Alpha: 0.2, WarmupTarget: 0.4, WarmupSteps: 5}, tenSteps(3),
		func(x float64) float64 {
			if x < 5 {
				return 0.01 + (0.4-0.01)*x/5
			}
			return 0.4 * (0.8*0.5*(1+math.Cos(math.Pi*math.Min(x-5, 15)/15)) + 0.2)
		}},
	// In PyTorch, the phases end in steps pct_start·total-1 and total-1.
	{"one cycle", nn.NewOneCycle(0.5, 20), tenSteps(2), func(x float64) float64 {
		if x <= 5 {
			return 0.5 + (0.02-0.5)/2*(1+math.Cos(math.Pi*x/5))
		}
		return 0.02/1e4 + (0.5-0.02/1e4)/2*(1+math.Cos(math.Pi*math.Min(1, (x-5)/14)))
	}},
	{"one cycle, linear", nn.OneCycle{MaxLearningRate: 1, TotalSteps: 11, PctStart: 0.5, DivFactor: 10, FinalDivFactor: 2, Linear: true},
		tenSteps(2), func(x float64) float64 {
			if x <= 4.5 {
				return 0.1 + 0.9*x/4.5
			}
			return 1 + (0.05-1)*math.Min(1, (x-4.5)/5.5)
		}},
	{"warm-up", nn.LinearWarmup{InitialLearningRate: 0.01, Steps: 4, Then: nn.ExponentialDecay{InitialLearningRate: 0.1, DecaySteps: 3, DecayRate: 0.5}},
		tenSteps(1), func(x float64) float64 {
			if x < 4 {
				return 0.01 + (0.1-0.01)*x/4
			}
			return 0.1 * math.Pow(0.5, (x-4)/3)
		}},
	{"scaled", nn.Scaled{Factor: 0.25, Of: nn.CosineDecay{InitialLearningRate: 1, DecaySteps: 9}}, tenSteps(1),
		func(x float64) float64 { return 0.25 * 0.5 * (1 + math.Cos(math.Pi*x/9)) }},
}

// tenSteps are 0 and nine others.
func tenSteps(apart int) []int {
	steps := make([]int, 10)
	for i := range steps {
		steps[i] = i * apart
	}
	return steps
}

func TestSchedules(t *testing.T) {
	for _, test := range schedules {
		for _, step := range test.steps {
			got, want := test.schedule.At(step), test.want(float64(step))
			if !(math.Abs(got-want) <= 1e-15*(1+want)) {
				t.Errorf("%s: step %d: %v, want %v", test.name, step, got, want)
			}
		}
	}
}

// Training steps are as long as the schedule says, from step 0, on every kind of
// optimizer, also after a file.
func TestTrainingFollowsTheSchedule(t *testing.T) {
	data := regression(4, 3, 2)
	for _, test := range schedules {
		for _, optimizer := range []string{"sgd", "momentum", "rmsprop", "adam", "adamw"} {
			t.Run(test.name+"/"+optimizer, func(t *testing.T) {
				c := nn.Config{Loss: nn.MeanSquaredError, Optimizer: newOptimizer(t, optimizer), Schedule: test.schedule, BatchSize: 4, Workers: 1}
				got := newTrainer(t, newModel(t, 3, regressor...), c)
				byHand := newModel(t, 3, regressor...)
				hand := newTrainer(t, byHand, nn.Config{Loss: nn.MeanSquaredError, Optimizer: c.Optimizer, BatchSize: 4, Workers: 1})
				for step := range 9 {
					if rate := got.LearningRate(); rate != test.schedule.At(step) {
						t.Fatalf("step %d: rate %v, want %v", step, rate, test.schedule.At(step))
					}
					if err := hand.SetLearningRate(test.schedule.At(step)); err != nil {
						t.Fatal(err)
					}
					trainOnBatch(t, hand, data)
					trainOnBatch(t, got, data)
					got = loadTrainer(t, save(t, got), nn.Config{Workers: 1})
				}
				requireSHA256(t, load(t, save(t, got)), byHand.SHA256())
			})
		}
	}
}

func trainOnBatch(tb testing.TB, t *nn.Trainer, d nn.Dataset) nn.Metrics {
	tb.Helper()
	m, err := t.TrainOnBatch(d)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func TestNewTrainerRefusesBadSchedules(t *testing.T) {
	deep := nn.Schedule(nn.Constant{LearningRate: 0.1})
	for range 20 {
		deep = nn.Scaled{Factor: 1, Of: deep}
	}
	nan := math.NaN()
	for _, test := range []struct {
		schedule nn.Schedule
		want     string // in the error
	}{
		{nn.Constant{LearningRate: -1}, "learning rate -1"},
		{nn.PiecewiseConstantDecay{}, "0 values and 0 boundaries"},
		{nn.PiecewiseConstantDecay{Boundaries: []int{2, 1}, Values: []float64{1, 2, 3}}, "boundaries [2 1]"},
		{nn.PiecewiseConstantDecay{Values: []float64{nan}}, "NaN"},
		{nn.ExponentialDecay{DecaySteps: 1}, "decay rate 0"},
		{nn.ExponentialDecay{DecaySteps: 1, DecayRate: nan}, "decay rate NaN"},
		{nn.ExponentialDecay{DecayRate: 0.5}, "0 decay steps"},
		{nn.CosineDecay{DecaySteps: 1, Alpha: -1}, "alpha -1"},
		{nn.CosineDecay{}, "0 decay steps"},
		{nn.CosineDecay{DecaySteps: 1, WarmupTarget: 0.5}, "without warm-up steps"},
		{nn.CosineDecay{DecaySteps: 1, WarmupSteps: -1}, "-1 warm-up steps"},
		{nn.OneCycle{}, "0 total steps"},
		{nn.OneCycle{TotalSteps: 1, PctStart: 2}, "start share 2"},
		{nn.OneCycle{TotalSteps: 1}, "div factor 0"},
		{nn.LinearWarmup{Steps: 3}, "nothing"},
		{nn.LinearWarmup{Steps: -3, Then: nn.Constant{}}, "-3 warm-up steps"},
		{nn.LinearWarmup{Then: nn.Constant{LearningRate: nan}}, "learning rate NaN"},
		{nn.Scaled{Factor: 1}, "nothing"},
		{nn.Scaled{Factor: -1, Of: nn.Constant{}}, "factor -1"},
		{deep, "more than 16"},
	} {
		t.Run(fmt.Sprintf("%T/%s", test.schedule, test.want), func(t *testing.T) {
			requireNewTrainerFails(t, nn.Config{Loss: nn.MeanSquaredError, Schedule: test.schedule}, test.want)
		})
	}
}

// A rate set by hand goes on, and with it a schedule that is left to go on.
func TestSetLearningRate(t *testing.T) {
	newOne := func(s nn.Schedule) *nn.Trainer {
		return newTrainer(t, newModel(t, 3, regressor...), nn.Config{Loss: nn.MeanSquaredError, Schedule: s, BatchSize: 4, Workers: 1})
	}
	half := nn.PiecewiseConstantDecay{Boundaries: []int{0, 1}, Values: []float64{1, 0.5, 0}}
	trainer := newOne(half)
	for step, want := range []float64{0.25, 0.125} { // a quarter of the schedule
		if step == 0 {
			if err := trainer.SetLearningRate(want); err != nil {
				t.Fatal(err)
			}
		}
		if got := trainer.LearningRate(); got != want {
			t.Errorf("step %d: rate %v, want %v", step, got, want)
		}
		trainOnBatch(t, trainer, regression(4, 3, 2))
		trainer = loadTrainer(t, save(t, trainer), nn.Config{Workers: 1})
	}
	for _, trainer := range []*nn.Trainer{trainer, newOne(nil)} { // the schedule is at 0 now
		before := trainer.LearningRate()
		for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
			if err := trainer.SetLearningRate(bad); err == nil || !strings.Contains(err.Error(), fmt.Sprint(bad)) {
				t.Errorf("rate %v: error %v", bad, err)
			}
		}
		if got := trainer.LearningRate(); got != before {
			t.Errorf("rate %v after errors, %v before", got, before)
		}
	}
	if err := trainer.SetLearningRate(0.1); err == nil {
		t.Error("a schedule at 0 was scaled")
	}
}
