package account

import (
	"math"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// stack makes names of functions of short ones: K is package kernels, P par, M micro.
func stack(names ...string) (full []string) {
	for _, n := range names {
		if len(n) > 2 && n[1] == '.' {
			n = map[byte]string{'K': "kernels", 'P': "kernels/internal/par", 'M': "kernels/internal/micro"}[n[0]] + n[1:]
		}
		if n[0] == 'k' || n[0] == 'n' {
			n = module + n
		}
		full = append(full, n)
	}
	return full
}

func TestPartOf(t *testing.T) {
	const (
		gemm, back, pair = "K.(*Core).Gemm", "nn.(*backFlow).backward", "nn.(*backFlow).backwardPair"
		forward, work    = "nn.(*flow).forwardPair", "nn.(*step).work"
	)
	for _, c := range []struct {
		want  Part
		stack []string
	}{
		{Inputs, stack("M.nonZeroAVX2", "K.setRow[...]", "K.(*Core).GatherBytes", "nn.Bytes.gatherParts", "nn.(*flow).gatherSparse", "nn.(*flow).gather", work)},
		{Inputs, stack("K.(*Sparse).TransposeTo", "nn.(*sparseBatch).transpose", "nn.(*flow).forwardSparse", forward, work)},
		{Inputs, stack("runtime.memmove", "nn.Floats.Gather", "nn.(*flow).gatherDense", "nn.(*flow).gather", work)},
		{Waiting, stack("P.(*gate).wait", "P.(*Team).Barrier", "K.(*Team).Barrier", "nn.(*flow).gatherSparse", "nn.(*flow).gather", work)},
		{Waiting, stack("time.now", "time.Since", "P.(*gate).wait", "P.(*Team).serve")},
		{FirstForward, stack("M.sparse8AVX2", "K.(*sparseGroup).run", "K.(*Core).GemmSparse", "nn.(*flow).forwardSparse", forward, work)},
		{FirstForward, stack("M.gemm6x16AVX2", "K.(*Core).tiles", gemm, forward, "nn.(*flow).forward", work)},
		{FirstForward, stack("M.transposeAVX512", gemm, forward, "nn.(*flow).forward", work)},
		{Products, stack("M.gemm14x32AVX512", gemm, forward+".func1", "nn.(*flow).sumOwn.func1", "nn.fold", "nn.(*flow).sumOwn", "nn.(*flow).sum", forward, work)},
		{Products, stack("M.gemm8x8NEON", gemm, "nn.(*flow).forward", work)},
		{Products, stack("M.gemm6x16AVX2", gemm, "nn.(*backFlow).updateBlock", pair, back, work)},
		{Products, stack("M.copyAVX2", "K.(*Core).pack", gemm, pair, back, work)},
		{FirstUpdate, stack("M.adamSparse8AVX2", "K.(*sparseUpdate).vectors", "nn.(*backFlow).updatePart", "nn.(*backFlow).updateSparse", pair, back, work)},
		{FirstUpdate, stack("M.sparse4NEON", "K.(*Core).GemmSparse", "nn.(*backFlow).updateSparse", pair, back, work)},
		{Updates, stack("M.adamAVX2", "K.(*Core).Adam", "nn.(*adamRule).update", "nn.(*backFlow).updateRows", "nn.(*backFlow).updateBlock", pair, back, work)},
		{Updates, stack("math.Sqrt", "M.sqrt", "M.adamGeneric", "K.(*Core).Adam", "nn.(*adamRule).update", work)},
		{Updates, stack("M.sgdAVX512", "K.(*Core).SGD", "nn.(*backFlow).updateBias", pair, back, work)},
		{Activations, stack("M.reluAVX2", "K.(*Core).ReLU", "nn.Activation.apply", forward, work)},
		{Activations, stack("M.addAVX2", "K.(*Core).Add", "nn.(*flow).collect", "nn.(*flow).sum", forward, work)},
		{Activations, stack("M.expLanesAVX2", "K.(*Core).expSum", "K.(*Core).SoftmaxCrossEntropy", "nn.Loss.lossAndGradient", work)},
		{Activations, stack("math.FMA", "M.FMA", "M.Log", "K.(*Core).crossEntropyRow", work)},
		{Go, stack("K.overlap", gemm, pair, back, work)},
		{Go, stack("runtime.memmove", "nn.(*flow).forwardSparse", forward, work)},
		{Go, stack("K.(*sparseUpdate).vectors", "nn.(*backFlow).updatePart", "nn.(*backFlow).updateSparse", pair, back, work)},
		{Go, stack("P.(*gate).open", "P.(*Team).openBarrier", "P.(*Team).Barrier", work)},
		{Go, stack("runtime.mallocgc", "runtime.main")},
		{Go, nil},
	} {
		if got := PartOf(c.stack); got != c.want {
			t.Errorf("%v: %v, want %v", c.stack, got, c.want)
		}
	}
}

func TestTimesAddUp(t *testing.T) {
	p := Profile{Workers: 2, Steps: 1000, Elapsed: time.Second, CPU: 1500 * time.Millisecond}
	p.Samples[FirstUpdate], p.Samples[Products] = 100, 50
	for part, want := range map[Part][2]float64{FirstUpdate: {500e3, 50e3}, Products: {250e3, 35355}, Away: {250e3, 0}, Go: {0, 0}} {
		ns, deviation := p.Time(part)
		if math.Abs(ns-want[0]) > 1 || math.Abs(deviation-want[1]) > 1 {
			t.Errorf("%v: %v ± %v, want %v", part, ns, deviation, want)
		}
	}
	p.CPU = 2020 * time.Millisecond // the clocks disagree
	sum := 0.0
	for _, part := range Parts() {
		ns, _ := p.Time(part)
		sum += ns
	}
	if math.Abs(sum-p.Total()) > 1 {
		t.Errorf("the parts are %v ns, the step %v", sum, p.Total())
	}
}

// The names that PartOf looks for are those of a step: were one changed, a part that
// takes much of this one would be empty.
func TestRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("profiles steps for 3 s: run it without -short")
	}
	for _, c := range []struct {
		sparse bool
		want   []Part
	}{
		{true, []Part{Inputs, FirstForward, FirstUpdate}},
		{false, []Part{FirstForward, Products}},
	} {
		p, err := Record(1500*time.Millisecond, 1, newStep(t, c.sparse))
		if err != nil && err != errNone {
			t.Fatal(err)
		}
		if err == errNone || p.All() < 100 {
			t.Skipf("only %d samples: the machine is busy", p.All())
		}
		for _, part := range c.want {
			if p.Samples[part] == 0 {
				t.Errorf("sparse %v: %v has no samples: %v", c.sparse, part, p.Samples)
			}
		}
		if !c.sparse && p.Samples[FirstUpdate] > 0 || p.Samples[Go] > p.All()/2 {
			t.Errorf("sparse %v: %v", c.sparse, p.Samples)
		}
	}
}

// newStep is a step of a model of few units, in which all of these parts take long. One
// in eight inputs is not zero if it is to be sparse.
func newStep(t *testing.T, sparse bool) func() error {
	const inputs, batch = 600, 64
	x := nn.Bytes{Data: make([]uint8, batch*inputs), Columns: inputs, Divisor: 255}
	for i := range x.Data {
		if !sparse || i%8 == 0 {
			x.Data[i] = 1 + uint8(i%255)
		}
	}
	d := nn.Dataset{X: x, Y: nn.Labels{Of: make([]uint8, batch), Classes: 4}}
	m, err := nn.NewSequential(inputs, 1, nn.Dense{Units: 32, Activation: nn.ReLU}, nn.Dense{Units: 4, Activation: nn.Softmax})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := nn.NewTrainer(m, nn.Config{Tier: kernels.Best(), Workers: 1, BatchSize: batch})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trainer.Close)
	return func() error {
		_, err := trainer.TrainOnBatch(d)
		return err
	}
}
