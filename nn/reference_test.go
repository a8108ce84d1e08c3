package nn_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// trainer64 is the reference: gradient descent in float64 as a Config says,
// with gradients that are central differences.
type trainer64 struct {
	config           nn.Config
	layers           []nn.Dense
	ws, sum, average []float64
	batches          int
}

func newTrainer64(m *nn.Sequential, c nn.Config) *trainer64 {
	ws := weights64(m)
	return &trainer64{config: c, layers: m.Layers(), ws: ws, sum: make([]float64, len(ws))}
}

// step returns the loss before it.
func (r *trainer64) step(d nn.Dataset) float64 {
	m := r.model(d)
	loss := m.loss(r.ws)
	for i := range r.ws {
		r.sum[i] += m.derivative(r.ws, i)
	}
	batch, every := r.batches, max(1, r.config.Accumulate)
	r.batches++
	if r.batches%every != 0 {
		return loss
	}
	for i := range r.sum {
		r.sum[i] /= float64(every)
	}
	r.clip(m)
	rate := r.config.Optimizer.(nn.SGD).LearningRate
	if s := r.config.Schedule; s != nil {
		rate = s.At(batch)
	}
	for i, g := range r.sum {
		r.ws[i] -= rate * g
	}
	r.follow()
	clear(r.sum)
	return loss
}

// model is the model at work on a batch.
func (r *trainer64) model(d nn.Dataset) model64 {
	m := model64{
		layers: r.layers, lossOf: r.config.Loss, x: rows64(d.X), t: rows64(d.Y),
		smoothing: r.config.LabelSmoothing,
	}
	for i, t := range m.t {
		weight, class := 1.0, 0
		for j := range t {
			if t[j] > t[class] {
				class = j
			}
		}
		if d.Weights != nil {
			weight = float64(d.Weights[i])
		}
		if r.config.ClassWeights != nil {
			weight *= float64(r.config.ClassWeights[class])
		}
		m.weights = append(m.weights, weight)
		m.kept = append(m.kept, r.masks(len(m.x[i]), i))
	}
	return m
}

// masks are what row i's outputs are multiplied with, the inputs first.
func (r *trainer64) masks(inputs, i int) [][]float64 {
	key := rand.NewPCG(r.config.Seed, 1<<60+uint64(r.batches)).Uint64()
	masks := [][]float64{mask64(key, 0, i, r.config.InputDropout, inputs, inputs)}
	for l, first := 0, true; l < len(r.layers)-1; l++ {
		units := r.layers[l].Units
		width := units // of a shard
		if first = first && r.layers[l].Activation != nn.Softmax; first {
			width = ((units+7)/8 + 15) / 16 * 16
		}
		masks = append(masks, mask64(key, l+1, i, r.layers[l].Dropout, units, width))
		first = !first // the first of a pair, then the second, or one alone
	}
	return masks
}

// mask64 draws the mask of a row in shards of that width.
func mask64(key uint64, layer, row int, rate float32, units, width int) []float64 {
	mask := make([]float64, units)
	for j := range mask {
		mask[j] = 1
	}
	for shard := 0; rate > 0 && shard*width < units; shard++ {
		source := rand.NewPCG(key, uint64(layer)<<32+uint64(row)<<8+uint64(shard))
		var bits uint64
		for j := range min(width, units-shard*width) {
			if j%4 == 0 {
				bits = source.Uint64()
			}
			if float64(uint16(bits)) < math.Round(float64(rate)*65536) {
				mask[shard*width+j] = 0
			} else {
				mask[shard*width+j] = 1 / (1 - float64(rate))
			}
			bits >>= 16
		}
	}
	return mask
}

// clip limits the gradients: of kernel and bias of each layer, or all.
func (r *trainer64) clip(m model64) {
	c := r.config
	limit := func(g []float64, norm float64) {
		sum := 0.0
		for _, x := range g {
			sum += x * x
		}
		if sum = math.Sqrt(sum); norm > 0 && sum > norm {
			for i := range g {
				g[i] *= norm / sum
			}
		}
	}
	limit(r.sum, c.GlobalClipNorm)
	inputs, rest := len(m.x[0]), r.sum
	for _, l := range r.layers {
		limit(rest[:inputs*l.Units], c.ClipNorm)
		limit(rest[inputs*l.Units:(inputs+1)*l.Units], c.ClipNorm)
		rest, inputs = rest[(inputs+1)*l.Units:], l.Units
	}
	for i, g := range r.sum {
		if c.ClipValue > 0 {
			r.sum[i] = min(c.ClipValue, max(-c.ClipValue, g))
		}
	}
}

func (r *trainer64) follow() {
	if r.average == nil {
		r.average = append(r.average, r.ws...)
	}
	for i, w := range r.ws {
		r.average[i] = r.config.EMA*r.average[i] + (1-r.config.EMA)*w
	}
}

// manyFeatures is a config with all that goes together.
func manyFeatures() nn.Config {
	return nn.Config{
		Optimizer:      nn.SGD{LearningRate: 0.5},
		Schedule:       nn.LinearWarmup{InitialLearningRate: 0.05, Steps: 3, Then: nn.CosineDecay{InitialLearningRate: 0.4, DecaySteps: 9}},
		InputDropout:   0.2,
		Seed:           7,
		LabelSmoothing: 0.1,
		ClassWeights:   []float32{1, 0.5, 2},
		GlobalClipNorm: 0.05,
		Accumulate:     2,
		EMA:            0.8,
	}
}

// with changes a config.
func with(c nn.Config, change func(*nn.Config)) nn.Config {
	change(&c)
	return c
}

// dropping are layers of which a share is dropped, but for the last.
func dropping(layers []nn.Dense, rates ...float32) []nn.Dense {
	for i, rate := range rates {
		layers[i].Dropout = rate
	}
	return layers
}

func TestTrainingFollowsItsDefinition(t *testing.T) {
	sgd := nn.Config{Optimizer: nn.SGD{LearningRate: 0.3}}
	plain := func() []nn.Dense { return gradientLayers(4, nn.Tanh, nn.Softmax, 0.01) }
	type run struct {
		name   string
		layers []nn.Dense
		config nn.Config
	}
	runs := []run{
		{"nothing", plain(), sgd},
		{"schedule", plain(), with(sgd, func(c *nn.Config) { c.Schedule = nn.CosineDecay{InitialLearningRate: 1, DecaySteps: 5} })},
		{"input dropout", plain(), with(sgd, func(c *nn.Config) { c.InputDropout = 0.4 })},
		{"label smoothing", plain(), with(sgd, func(c *nn.Config) { c.LabelSmoothing = 0.3 })},
		{"class weights", plain(), with(sgd, func(c *nn.Config) { c.ClassWeights = []float32{3, 0, 0.5} })},
		{"class weights, squares", plain(), with(sgd, func(c *nn.Config) { c.Loss, c.ClassWeights = nn.MeanSquaredError, []float32{3, 0, 0.5} })},
		{"clip value", plain(), with(sgd, func(c *nn.Config) { c.ClipValue = 0.005 })},
		{"clip norm", plain(), with(sgd, func(c *nn.Config) { c.ClipNorm = 0.02 })},
		{"global clip norm", plain(), with(sgd, func(c *nn.Config) { c.GlobalClipNorm = 0.05 })},
		{"accumulate", plain(), with(sgd, func(c *nn.Config) { c.Accumulate = 3 })},
		{"average", plain(), with(sgd, func(c *nn.Config) { c.EMA = 0.9 })},
		{"many", dropping(plain(), 0.3, 0.5, 0.1), manyFeatures()},
		{"dropout and squares", dropping(gradientLayers(3, nn.ReLU, nn.Linear, 0), 0.5, 0.25),
			nn.Config{Loss: nn.MeanSquaredError, Optimizer: nn.SGD{LearningRate: 0.05}}},
		{"one layer", gradientLayers(1, nn.Linear, nn.Softmax, 0), manyFeatures()},
	}
	for _, hidden := range []nn.Activation{nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Softmax} {
		runs = append(runs, run{"dropout/" + hidden.String(), dropping(gradientLayers(4, hidden, nn.Softmax, 0), 0.3, 0.5, 0.7), sgd})
	}
	for _, run := range runs {
		t.Run(run.name, func(t *testing.T) { checkTraining(t, run.layers, run.config) })
	}
}

// checkTraining takes some steps, of several sizes and with weights.
func checkTraining(t *testing.T, layers []nn.Dense, c nn.Config) {
	const inputs, tolerance = 3, 3e-6
	m := newModel(t, inputs, layers...)
	setBiases(t, m)
	ref := newTrainer64(m, c)
	c.BatchSize, c.Workers = 5, 2
	trainer := newTrainer(t, m, c)
	for step := range 6 {
		n := 5 - step%2
		d := nn.Dataset{X: floats(n, inputs, uint64(step)), Y: shares(n, m.Outputs())}
		if step > 2 {
			d.Weights = []float32{1, 0.25, 0, 2, 3}[:n]
		}
		want := ref.step(d)
		if got := trainOnBatch(t, trainer, d).Loss; !near(got, want, lossTolerance) {
			t.Errorf("step %d: loss %.9g, want %.9g", step, got, want)
		}
		requireNear64(t, "weights", weights64(m), ref.ws, tolerance)
		if c.EMA > 0 && ref.average != nil {
			requireNear64(t, "average", weights64(trainer.Averaged()), ref.average, tolerance)
		}
	}
}

func requireNear64(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	for i := range want {
		if !near(got[i], want[i], tolerance) {
			t.Errorf("%s: number %d of %d: %.9g, want %.9g", what, i, len(want), got[i], want[i])
			return
		}
	}
}

// Evaluate smooths labels and weighs samples, and does nothing else that
// training does.
func TestEvaluateOfTheFeatures(t *testing.T) {
	layers := dropping(gradientLayers(4, nn.Tanh, nn.Softmax, 0.01), 0.5, 0.5, 0.5)
	c := manyFeatures()
	c.BatchSize = 5
	m := newModel(t, 6, layers...)
	trainer := newTrainer(t, m, c)
	d := nn.Dataset{X: floats(5, 6, 1), Y: shares(5, 3), Weights: []float32{1, 0.25, 0, 2, 3}}
	for range 4 {
		trainOnBatch(t, trainer, d)
	}
	ref := model64{layers: layers, x: rows64(d.X), t: rows64(d.Y), smoothing: 0.1, weights: []float64{1, 0.25, 0, 2, 3}}
	if got, want := evaluate(t, trainer, d).Loss, ref.loss(weights64(m)); !near(got, want, lossTolerance) {
		t.Errorf("loss %.9g, want %.9g", got, want)
	}

	c.EvaluateAverage = true
	averaging := newTrainer(t, newModel(t, 6, layers...), c)
	for range 4 {
		trainOnBatch(t, averaging, d)
	}
	if averaging.Averaged().SHA256() != trainer.Averaged().SHA256() {
		t.Error("how the model is evaluated changes its training")
	}
	if got, want := evaluate(t, averaging, d).Loss, ref.loss(weights64(averaging.Averaged())); !near(got, want, lossTolerance) {
		t.Errorf("loss of the average %.9g, want %.9g", got, want)
	}
	y := kernels.NewMat(5, 3)
	if err := averaging.Averaged().Predict(context.Background(), y, d.X); err != nil {
		t.Fatal(err)
	}
}
