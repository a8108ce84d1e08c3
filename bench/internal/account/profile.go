package account

import (
	"bytes"
	"errors"
	"math"
	"runtime/pprof"
	"time"

	"github.com/google/pprof/profile"
)

// A Profile is what a number of steps took, and how often each part was found at
// work meanwhile.
type Profile struct {
	Workers int
	Steps   int
	Elapsed time.Duration
	Samples [parts]int
	CPU     time.Duration // of all samples
}

// Record profiles steps of a number of workers for some time, at the usual rate of 100
// samples in a second of each processor.
func Record(d time.Duration, workers int, step func() error) (Profile, error) {
	p := Profile{Workers: workers}
	var text bytes.Buffer
	if err := pprof.StartCPUProfile(&text); err != nil {
		return p, err
	}
	start := time.Now()
	var err error
	for p.Elapsed < d && err == nil {
		err = step()
		p.Steps++
		p.Elapsed = time.Since(start)
	}
	pprof.StopCPUProfile()
	if err != nil {
		return p, err
	}
	return p, p.add(text.Bytes())
}

// add sorts the samples of a profile.
func (p *Profile) add(text []byte) error {
	parsed, err := profile.ParseData(text)
	if err != nil {
		return err
	}
	for _, s := range parsed.Sample {
		p.Samples[PartOf(stackOf(s))] += int(s.Value[0])
		p.CPU += time.Duration(s.Value[1])
	}
	if p.All() == 0 {
		return errNone
	}
	return nil
}

// errNone is what happens on a machine that has no time for the process.
var errNone = errors.New("the profile has no samples")

// stackOf names the functions of a sample, those too that were inlined.
func stackOf(s *profile.Sample) (stack []string) {
	for _, l := range s.Location {
		for _, line := range l.Line {
			if line.Function != nil {
				stack = append(stack, line.Function.Name)
			}
		}
	}
	return stack
}

// All is how many samples there are.
func (p *Profile) All() (sum int) {
	for _, n := range p.Samples {
		sum += n
	}
	return sum
}

// Total is the time of a step, in ns.
func (p *Profile) Total() float64 { return float64(p.Elapsed) / float64(p.Steps) }

// Time is the time of a part in a step, as the mean of the workers, and the standard
// error of that, which comes from counting; in ns. All parts add up to the step.
func (p *Profile) Time(part Part) (ns, deviation float64) {
	if part == Away {
		return max(0, 1-p.Busy()) * p.Total(), 0
	}
	each := min(1, p.Busy()) * p.Total() / float64(p.All())
	n := float64(p.Samples[part])
	return each * n, each * math.Sqrt(n)
}

// Busy is the share of the workers' time in which they had a processor. The clock of
// the samples may run fast by one of them.
func (p *Profile) Busy() float64 {
	return float64(p.CPU) / float64(p.Elapsed) / float64(p.Workers)
}
