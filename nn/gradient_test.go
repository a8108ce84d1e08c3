package nn_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// The gradient of a step is the derivative of the loss: against central
// differences of a model in float64. A step of plain SGD with learning rate 1
// shows it: before - after. What float32 rounds off stays below the tolerances,
// which are of a number and 1 together; a wrong term does not.
const (
	gradientTolerance = 1e-6
	lossTolerance     = 1e-6
	differenceStep    = 1e-6
)

func TestGradients(t *testing.T) {
	activations := []nn.Activation{nn.Linear, nn.ReLU, nn.Sigmoid, nn.Tanh, nn.Softmax}
	for _, hidden := range activations {
		for _, output := range activations {
			for layers := 1; layers <= 4; layers++ {
				if layers == 1 && hidden != nn.Linear {
					continue // no hidden layer
				}
				for _, penalty := range []float32{0, 0.03} {
					for _, loss := range []nn.Loss{nn.CategoricalCrossentropy, nn.MeanSquaredError} {
						if loss == nn.CategoricalCrossentropy && output != nn.Softmax {
							continue
						}
						name := fmt.Sprintf("layers=%d/hidden=%v/output=%v/loss=%v/penalty=%v", layers, hidden, output, loss, penalty)
						t.Run(name, func(t *testing.T) { checkGradients(t, gradientLayers(layers, hidden, output, penalty), loss) })
					}
				}
			}
		}
	}
}

// gradientLayers have a width that is cut into shards, and three sorts of
// penalty.
func gradientLayers(n int, hidden, output nn.Activation, penalty float32) []nn.Dense {
	layers := []nn.Dense{
		{Units: 18, Activation: hidden, L1: penalty},
		{Units: 5, Activation: hidden, L2: penalty},
		{Units: 7, Activation: hidden, L1: penalty, L2: penalty},
	}[:n-1]
	return append(layers, nn.Dense{Units: 3, Activation: output, L1: penalty / 2, L2: penalty})
}

func checkGradients(t *testing.T, layers []nn.Dense, loss nn.Loss) {
	const samples, inputs = 4, 6
	m := newModel(t, inputs, layers...)
	setBiases(t, m)
	d := nn.Dataset{X: floats(samples, inputs, 1), Y: shares(samples, m.Outputs())}
	// More room than samples, so that the mean must be over the samples.
	trainer := newTrainer(t, m, nn.Config{Loss: loss, Optimizer: nn.SGD{LearningRate: 1}, BatchSize: 2 * samples, Workers: 2})

	before := weights64(m)
	metrics, err := trainer.TrainOnBatch(d)
	if err != nil {
		t.Fatal(err)
	}
	after := weights64(m)

	ref := model64{layers: layers, lossOf: loss, x: rows64(d.X), t: rows64(d.Y)}
	if want := ref.loss(before); !near(metrics.Loss, want, lossTolerance) {
		t.Errorf("loss %.9g, want %.9g", metrics.Loss, want)
	}
	for i, w := range before {
		want := ref.derivative(before, i)
		if got := w - after[i]; !near(got, want, gradientTolerance) {
			t.Errorf("gradient of weight %d of %d: %.9g, want %.9g", i, len(before), got, want)
		}
	}
}

// setBiases makes biases other than zero, where ReLU has no derivative.
func setBiases(t *testing.T, m *nn.Sequential) {
	for i, l := range m.Layers() {
		if err := m.SetWeights(i, m.Kernel(i), numbers(l.Units, 9)); err != nil {
			t.Fatal(err)
		}
	}
}

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*(1+math.Abs(want))
}

// shares are targets as a softmax could give them: each row sums to 1.
func shares(rows, cols int) nn.Floats {
	f := floats(rows, cols, 2)
	for i := range rows {
		row, sum := f.Row(i), float32(0)
		for j := range row {
			row[j] += 1
			sum += row[j]
		}
		for j := range row {
			row[j] /= sum
		}
	}
	return f
}

// model64 is the reference: a model and its data in float64.
type model64 struct {
	layers    []nn.Dense
	lossOf    nn.Loss
	x, t      [][]float64
	smoothing float64
	weights   []float64     // of the samples; nil: 1 each
	kept      [][][]float64 // of each sample and layer, inputs first: factors of its outputs; nil: no dropout
}

// derivative of the loss by weight i, as a central difference. It borrows ws.
func (m model64) derivative(ws []float64, i int) float64 {
	w := ws[i]
	defer func() { ws[i] = w }()
	ws[i] = w + differenceStep
	above := m.loss(ws)
	ws[i] = w - differenceStep
	return (above - m.loss(ws)) / (2 * differenceStep)
}

// loss is the mean over the samples, with penalties.
func (m model64) loss(ws []float64) float64 {
	total := 0.0
	for i, x := range m.x {
		y, weight := m.forward(ws, x, m.factors(i)...), 1.0
		if m.weights != nil {
			weight = m.weights[i]
		}
		for j, t := range m.t[i] {
			t = t*(1-m.smoothing) + m.smoothing/float64(len(y))
			switch m.lossOf {
			case nn.CategoricalCrossentropy:
				total -= weight * t * math.Log(y[j])
			case nn.MeanSquaredError:
				total += weight * (y[j] - t) * (y[j] - t) / float64(len(y))
			}
		}
	}
	return total/float64(len(m.x)) + m.penalty(ws)
}

func (m model64) factors(sample int) [][]float64 {
	if m.kept == nil {
		return nil
	}
	return m.kept[sample]
}

func (m model64) forward(ws, x []float64, kept ...[]float64) []float64 {
	for k, l := range m.layers {
		if kept != nil {
			x = slices.Clone(x)
			for i := range x {
				x[i] *= kept[k][i]
			}
		}
		bias := ws[len(x)*l.Units:]
		y := make([]float64, l.Units)
		for j := range y {
			y[j] = bias[j]
			for i := range x {
				y[j] += x[i] * ws[i*l.Units+j]
			}
		}
		activate64(l.Activation, y)
		x, ws = y, bias[l.Units:]
	}
	return x
}

func (m model64) penalty(ws []float64) float64 {
	total, inputs := 0.0, len(m.x[0])
	for _, l := range m.layers {
		for _, w := range ws[:inputs*l.Units] {
			total += float64(l.L1)*math.Abs(w) + float64(l.L2)*w*w
		}
		ws = ws[(inputs+1)*l.Units:]
		inputs = l.Units
	}
	return total
}

func activate64(a nn.Activation, y []float64) {
	sum := 0.0
	for _, v := range y {
		sum += math.Exp(v)
	}
	for i, v := range y {
		switch a {
		case nn.ReLU:
			y[i] = max(0, v)
		case nn.Sigmoid:
			y[i] = 1 / (1 + math.Exp(-v))
		case nn.Tanh:
			y[i] = math.Tanh(v)
		case nn.Softmax:
			y[i] = math.Exp(v) / sum
		}
	}
}

// weights64 are the weights of a model: kernel and bias of each layer.
func weights64(m *nn.Sequential) []float64 {
	var ws []float64
	for i := range m.Layers() {
		for _, part := range [][]float32{m.Kernel(i).Data, m.Bias(i)} {
			for _, w := range part {
				ws = append(ws, float64(w))
			}
		}
	}
	return ws
}

// rows64 are the rows of a table, as a model reads them.
func rows64(t nn.Table) [][]float64 {
	k := kernels.NewCore(kernels.Generic)
	rows := make([][]float64, t.Len())
	row := kernels.NewMat(1, t.Width())
	for i := range rows {
		t.Gather(k, row, []int{i})
		for _, v := range row.Data {
			rows[i] = append(rows[i], float64(v))
		}
	}
	return rows
}
