package nn

import (
	"errors"
	"fmt"
	"slices"
)

// A Schedule is the learning rate as a function of the number of steps made
// before, which are batches, whether or not each of them updates the weights.
// The schedules are Constant, PiecewiseConstantDecay, ExponentialDecay,
// CosineDecay and OneCycle; LinearWarmup and Scaled change another one. A file
// keeps a schedule, and each gives the same bits on every machine.
type Schedule interface {
	// Name returns the schedule's name in a file.
	Name() string
	// At returns the learning rate of a step, from 0.
	At(step int) float64
	validate() error
}

// Constant is a rate that stays.
type Constant struct {
	LearningRate float64 `json:"learning_rate"`
}

// PiecewiseConstantDecay is Values[0] up to step Boundaries[0], Values[1] in
// later steps up to Boundaries[1], and so on; the last value has no end.
type PiecewiseConstantDecay struct {
	Boundaries []int     `json:"boundaries"`
	Values     []float64 `json:"values"` // one more than boundaries
}

// ExponentialDecay is InitialLearningRate·DecayRateᵖ with p = step/DecaySteps,
// rounded down if Staircase.
type ExponentialDecay struct {
	InitialLearningRate float64 `json:"initial_learning_rate"`
	DecaySteps          int     `json:"decay_steps"`
	DecayRate           float64 `json:"decay_rate"` // above 0
	Staircase           bool    `json:"staircase"`
}

// CosineDecay falls from InitialLearningRate to Alpha times it in DecaySteps,
// along half a period of a cosine (I. Loshchilov, F. Hutter: SGDR, 2017). With
// WarmupSteps, it first rises in a straight line from InitialLearningRate to
// WarmupTarget, and falls from there.
type CosineDecay struct {
	InitialLearningRate float64 `json:"initial_learning_rate"`
	DecaySteps          int     `json:"decay_steps"`
	Alpha               float64 `json:"alpha"`
	WarmupTarget        float64 `json:"warmup_target"`
	WarmupSteps         int     `json:"warmup_steps"`
}

// OneCycle rises from MaxLearningRate/DivFactor to MaxLearningRate in the first
// PctStart of TotalSteps, then falls to its start over FinalDivFactor (L. Smith,
// N. Topin: Super-convergence, 2018), in the two phases that PyTorch's OneCycleLR
// has: along half a period of a cosine each, or straight lines if Linear. After
// the last step the rate stays.
type OneCycle struct {
	MaxLearningRate float64 `json:"max_learning_rate"`
	TotalSteps      int     `json:"total_steps"`
	PctStart        float64 `json:"pct_start"`
	DivFactor       float64 `json:"div_factor"`
	FinalDivFactor  float64 `json:"final_div_factor"`
	Linear          bool    `json:"linear"`
}

// NewOneCycle returns a cycle with PyTorch's defaults: it rises for 30 % of the
// steps, from 1/25 of the maximum, and ends at 1/10000 of where it began.
func NewOneCycle(maxLearningRate float64, totalSteps int) OneCycle {
	return OneCycle{MaxLearningRate: maxLearningRate, TotalSteps: totalSteps, PctStart: 0.3, DivFactor: 25, FinalDivFactor: 1e4}
}

// LinearWarmup rises in a straight line from InitialLearningRate to where Then
// begins, in Steps; there Then begins.
type LinearWarmup struct {
	InitialLearningRate float64  `json:"initial_learning_rate"`
	Steps               int      `json:"steps"`
	Then                Schedule `json:"-"`
}

// Scaled is Factor times another schedule.
type Scaled struct {
	Factor float64  `json:"factor"`
	Of     Schedule `json:"-"`
}

func (Constant) Name() string               { return "constant" }
func (PiecewiseConstantDecay) Name() string { return "piecewise_constant_decay" }
func (ExponentialDecay) Name() string       { return "exponential_decay" }
func (CosineDecay) Name() string            { return "cosine_decay" }
func (OneCycle) Name() string               { return "one_cycle" }
func (LinearWarmup) Name() string           { return "linear_warmup" }
func (Scaled) Name() string                 { return "scaled" }

func (s Constant) At(int) float64 { return s.LearningRate }

func (s PiecewiseConstantDecay) At(step int) float64 {
	i, _ := slices.BinarySearch(s.Boundaries, step)
	return s.Values[i]
}

func (s ExponentialDecay) At(step int) float64 {
	p := float64(step) / float64(s.DecaySteps)
	if s.Staircase {
		p = float64(step / s.DecaySteps)
	}
	return float64(s.InitialLearningRate * power64(s.DecayRate, p))
}

func (s CosineDecay) At(step int) float64 {
	from := s.InitialLearningRate
	if s.WarmupSteps > 0 {
		if step < s.WarmupSteps {
			return straight(from, s.WarmupTarget, passed(step, s.WarmupSteps))
		}
		from = s.WarmupTarget
	}
	return cosine(from, float64(s.Alpha*from), passed(step-s.WarmupSteps, s.DecaySteps))
}

func (s OneCycle) At(step int) float64 {
	low := s.MaxLearningRate / s.DivFactor
	end := float64(s.TotalSteps - 1)
	top := min(max(0, float64(s.PctStart*float64(s.TotalSteps))-1), end)
	between, at := cosine, float64(step)
	if s.Linear {
		between = straight
	}
	switch {
	case at < top:
		return between(low, s.MaxLearningRate, at/top)
	case at < end:
		return between(s.MaxLearningRate, low/s.FinalDivFactor, (at-top)/(end-top))
	}
	return low / s.FinalDivFactor
}

func (s LinearWarmup) At(step int) float64 {
	if step < s.Steps {
		return straight(s.InitialLearningRate, s.Then.At(0), passed(step, s.Steps))
	}
	return s.Then.At(step - s.Steps)
}

func (s Scaled) At(step int) float64 { return float64(s.Factor * s.Of.At(step)) }

// passed is how much of the steps is behind, at most 1.
func passed(step, steps int) float64 { return min(1, float64(step)/float64(steps)) }

// straight is the point p of a straight line, from p = 0 to 1.
func straight(from, to, p float64) float64 { return from + float64((to-from)*p) }

// cosine is the same of half a period of a cosine.
func cosine(from, to, p float64) float64 { return to + float64((from-to)*(0.5*(1+cosPi(p)))) }

func (s Constant) validate() error { return validRate("learning rate", s.LearningRate) }

func (s PiecewiseConstantDecay) validate() error {
	if len(s.Values) != len(s.Boundaries)+1 {
		return fmt.Errorf("nn: %d values and %d boundaries: want one value more", len(s.Values), len(s.Boundaries))
	}
	if !slices.IsSorted(s.Boundaries) {
		return fmt.Errorf("nn: boundaries %v: want them in order", s.Boundaries)
	}
	for _, v := range s.Values {
		if err := validRate("learning rate", v); err != nil {
			return err
		}
	}
	return nil
}

func (s ExponentialDecay) validate() error {
	if !(s.DecayRate > 0 && s.DecayRate < unbounded) {
		return fmt.Errorf("nn: decay rate %v: want a number above 0", s.DecayRate)
	}
	return firstError(validRate("initial learning rate", s.InitialLearningRate), atLeast("decay steps", s.DecaySteps, 1))
}

func (s CosineDecay) validate() error {
	if s.WarmupTarget != 0 && s.WarmupSteps == 0 {
		return fmt.Errorf("nn: warm-up target %v without warm-up steps", s.WarmupTarget)
	}
	return firstError(validRate("initial learning rate", s.InitialLearningRate), atLeast("decay steps", s.DecaySteps, 1),
		inRange("alpha", s.Alpha, 0, unbounded), validRate("warm-up target", s.WarmupTarget),
		atLeast("warm-up steps", s.WarmupSteps, 0))
}

func (s OneCycle) validate() error {
	if !(s.PctStart >= 0 && s.PctStart <= 1) {
		return fmt.Errorf("nn: start share %v: want 0 to 1", s.PctStart)
	}
	return firstError(validRate("maximal learning rate", s.MaxLearningRate), atLeast("total steps", s.TotalSteps, 1),
		inRange("div factor", s.DivFactor, 1, unbounded), inRange("final div factor", s.FinalDivFactor, 1, unbounded))
}

func (s LinearWarmup) validate() error {
	return firstError(validRate("initial learning rate", s.InitialLearningRate), atLeast("warm-up steps", s.Steps, 0),
		validSchedule(s.Then))
}

func (s Scaled) validate() error {
	return firstError(inRange("factor", s.Factor, 0, unbounded), validSchedule(s.Of))
}

func validRate(what string, rate float64) error { return inRange(what, rate, 0, unbounded) }

func validSchedule(s Schedule) error {
	if s == nil {
		return errors.New("nn: a schedule of nothing: want one to change")
	}
	return s.validate()
}
