package nn_test

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
)

var soak = flag.Duration("soak", 0, "TestModelsAtOnce, TestNoSubnormals: how long to go on, instead of a moment each")

// soakTime is how long a test goes on.
func soakTime() time.Duration { return max(*soak, 300*time.Millisecond) }

var soakLayers = []nn.Dense{{Units: 40, Activation: nn.ReLU}, {Units: 24, Activation: nn.ReLU}, {Units: 5, Activation: nn.Softmax}}

// soakRun trains a model for a while and returns its weights.
func soakRun(tb testing.TB, data nn.Dataset, workers int) string {
	m := newModel(tb, 60, soakLayers...)
	t, err := nn.NewTrainer(m, nn.Config{BatchSize: 16, Workers: workers})
	if err != nil {
		tb.Error(err)
		return ""
	}
	defer t.Close()
	fit(tb, t, data, nn.FitConfig{Epochs: 3, Seed: 1})
	return m.SHA256()
}

// Eight models that train at once, with more workers than processors or fewer, end
// in the weights of one that trains alone, and leave nothing behind: no goroutine,
// and no work for a processor.
func TestModelsAtOnce(t *testing.T) {
	data := pictures(500, 60, 5)
	want := soakRun(t, data, 1)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, procs := range []int{1, 2, 8} {
		t.Run(fmt.Sprintf("procs=%d", procs), func(t *testing.T) {
			runtime.GOMAXPROCS(procs)
			before, end := runtime.NumGoroutine(), time.Now().Add(soakTime()/3)
			var group sync.WaitGroup
			for i := range 8 {
				group.Go(func() {
					for done := false; !done; done = time.Now().After(end) {
						if got := soakRun(t, data, 1+i%4); got != want {
							t.Errorf("model %d: the weights have SHA-256 %s, alone %s", i, got, want)
							return
						}
					}
				})
			}
			group.Wait()
			requireIdle(t, before)
		})
	}
}

// requireIdle fails if goroutines are left, or if the process is at work.
func requireIdle(t *testing.T, goroutines int) {
	t.Helper()
	for range 100 {
		if runtime.NumGoroutine() <= goroutines {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > goroutines {
		t.Errorf("%d goroutines are left, of %d before", n, goroutines)
	}
	const span = 300 * time.Millisecond
	least := span // of a few looks: the garbage collector may be at work
	for range 5 {
		before, ok := processorTime()
		if !ok {
			return
		}
		time.Sleep(span)
		after, _ := processorTime()
		least = min(least, after-before)
	}
	if least > span/20 {
		t.Errorf("%v of processor time in %v after training", least, span)
	}
}

// A moment of a weight that gets no gradient any more fades, but never into
// subnormal numbers, which are slow: not in a million steps.
func TestNoSubnormals(t *testing.T) {
	for _, name := range nn.Optimizers() {
		t.Run(name, func(t *testing.T) {
			data := pictures(64, 60, 5)
			x := data.X.(nn.Bytes)
			for i := range x.Data[:32*60] {
				if i%60 < 40 { // dark in half of the samples
					x.Data[i] = 0
				}
			}
			m := newModel(t, 60, soakLayers...)
			trainer := newTrainer(t, m, nn.Config{BatchSize: 1, Optimizer: newOptimizer(t, name), Workers: 1})
			dark := nn.Dataset{X: nn.Bytes{Data: x.Data[:32*60], Columns: 60, Divisor: 255}, Y: nn.Labels{Of: data.Y.(nn.Labels).Of[:32], Classes: 5}}
			fit(t, trainer, data, nn.FitConfig{Epochs: 1, Seed: 1})
			steps := 0
			for end := time.Now().Add(soakTime() / 7); time.Now().Before(end) || steps < 2000; steps += 32 {
				fit(t, trainer, dark, nn.FitConfig{Epochs: 1, Seed: 1})
				if steps%1024 == 0 {
					requireNoSubnormals(t, trainer)
				}
			}
			requireNoSubnormals(t, trainer)
			t.Logf("%d steps", steps)
		})
	}
}

// A model that knows its samples by heart trains as fast as before. Without a rule, what is
// left of its gradients and of their squares is subnormal, and a step takes 2.5 times as long
// on some processors.
func TestPerfectModelTrainsAsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("50,000 steps, which take half a minute in plain Go")
	}
	var usual, slow time.Duration
	for range 3 { // something else may run
		if usual, slow = perfectSteps(t); slow < usual*9/5 {
			return
		}
	}
	t.Errorf("half of all steps take %v or less, a tenth %v or more", usual, slow)
}

// perfectSteps makes many steps on one batch. Half of them took usual or less, a tenth slow
// or more.
func perfectSteps(t *testing.T) (usual, slow time.Duration) {
	const chunks, steps = 50, 1000
	adam := nn.NewAdam()
	adam.LearningRate = 0.01
	trainer := newTrainer(t, newModel(t, 60, soakLayers...), nn.Config{BatchSize: 32, Optimizer: adam, Workers: 1})
	data, times := pictures(32, 60, 5), make([]time.Duration, chunks)
	for i := range times {
		begin := time.Now()
		for range steps {
			trainOnBatch(t, trainer, data)
		}
		times[i] = time.Since(begin) / steps
	}
	slices.Sort(times)
	return times[chunks/2], times[chunks*9/10]
}

// requireNoSubnormals looks at all numbers that the trainer keeps, in its file.
func requireNoSubnormals(t *testing.T, trainer *nn.Trainer) {
	t.Helper()
	var file bytes.Buffer
	if err := trainer.Save(&file); err != nil {
		t.Fatal(err)
	}
	header := binary.LittleEndian.Uint64(file.Bytes())
	numbers := file.Bytes()[8+header:]
	for at := 0; at+4 <= len(numbers); at += 4 {
		if x := math.Float32frombits(binary.LittleEndian.Uint32(numbers[at:])); x != 0 && math.Abs(float64(x)) < 0x1p-126 {
			t.Fatalf("number %d of the trainer's file is %g", at/4, x)
		}
	}
}
