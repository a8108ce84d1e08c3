package main

import "github.com/mnist-fast/mnist-fast/nn"

// scheduleNames are what -schedule takes.
var scheduleNames = []string{"constant", "cosine", "linear", "onecycle", "exponential", "step"}

const scheduleHelp = `NAME
of the learning rate, from -lr:
constant;
cosine, to 0 along half a cosine;
linear, to 0 in a straight line;
onecycle, from lr/25 up to lr and down to almost 0;
exponential, to lr/100, by the same share each step;
step, lr/10 after half of the run, and lr/100 after
three quarters`

// newSchedule returns the learning rate over the steps of a run, nil if it stays.
// The rate rises in the first of them, if warmup is not 0.
func newSchedule(name string, rate float64, steps, warmup int) nn.Schedule {
	if name == "onecycle" {
		cycle := nn.NewOneCycle(rate, max(1, steps))
		if warmup > 0 {
			cycle.PctStart = float64(warmup) / float64(steps)
		}
		return cycle
	}
	rest := max(1, steps-warmup)
	var s nn.Schedule
	switch name {
	case "cosine":
		s = nn.CosineDecay{InitialLearningRate: rate, DecaySteps: rest}
	case "linear": // downwards
		s = nn.LinearWarmup{InitialLearningRate: rate, Steps: rest, Then: nn.Constant{}}
	case "exponential":
		s = nn.ExponentialDecay{InitialLearningRate: rate, DecaySteps: rest, DecayRate: 0.01}
	case "step":
		s = nn.PiecewiseConstantDecay{Boundaries: []int{rest / 2, rest * 3 / 4}, Values: []float64{rate, rate / 10, rate / 100}}
	default:
		if warmup == 0 {
			return nil
		}
		s = nn.Constant{LearningRate: rate}
	}
	if warmup == 0 {
		return s
	}
	return nn.LinearWarmup{Steps: warmup, Then: s}
}
