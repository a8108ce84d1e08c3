package main

import (
	"context"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
)

// trainSamples is how many MNIST has.
const trainSamples = 60000

// ours is our own trainer and model.
type ours struct {
	data    mnist.Data
	model   *nn.Sequential // predicts, with the weights that peers get
	trained *nn.Sequential
	trainer *nn.Trainer
	epochs  int
}

func newOurs(o options) (*ours, error) {
	data, err := mnist.Load()
	if err != nil {
		return nil, err
	}
	data.Train = data.Train.Slice(0, o.samples)
	if o.input == random {
		data.Train.Images, data.Test.Images = randomBytes(len(data.Train.Images)), randomBytes(len(data.Test.Images))
	}
	x := &ours{data: data}
	if x.model, err = o.model(2); err != nil {
		return nil, err
	}
	if x.trained, err = o.model(1); err != nil {
		return nil, err
	}
	x.trainer, err = nn.NewTrainer(x.trained, nn.Config{Workers: o.workers, BatchSize: o.batch})
	return x, err
}

// model is a new one.
func (o options) model(seed uint64) (*nn.Sequential, error) {
	sizes := o.sizes()
	var layers []nn.Dense
	for _, units := range sizes[1:] {
		layers = append(layers, nn.Dense{Units: units, Activation: nn.ReLU})
	}
	layers[len(layers)-1].Activation = nn.Softmax
	return nn.NewSequential(sizes[0], seed, layers...)
}

// randomBytes are n, none of them 0.
func randomBytes(n int) []byte {
	source, data := rand.New(rand.NewPCG(3, 4)), make([]byte, n)
	for i := range data {
		data[i] = byte(1 + source.IntN(255))
	}
	return data
}

// export writes the data and the weights for the peers.
func (x *ours) export(dir string) error {
	files := map[string][]byte{
		"train-images": x.data.Train.Images, "train-labels": x.data.Train.Labels,
		"t10k-images": x.data.Test.Images, "t10k-labels": x.data.Test.Labels,
	}
	for i := range x.model.Layers() {
		files["kernel"+strconv.Itoa(i)] = encode(x.model.Kernel(i).Data)
		files["bias"+strconv.Itoa(i)] = encode(x.model.Bias(i))
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

func encode(data []float32) (bytes []byte) {
	for _, v := range data {
		bytes = binary.NativeEndian.AppendUint32(bytes, math.Float32bits(v))
	}
	return bytes
}

func (x *ours) dataset(s mnist.Set, samples int) nn.Dataset {
	return nn.Dataset{
		X: nn.Bytes{Data: s.Images[:samples*s.Features()], Columns: s.Features(), Divisor: 255},
		Y: nn.Labels{Of: s.Labels[:samples], Classes: x.data.Classes},
	}
}

func (x *ours) name() string               { return "ours" }
func (x *ours) version() string            { return "tier " + kernels.Best().String() }
func (x *ours) can() (train, predict bool) { return true, true }
func (x *ours) close()                     { x.trainer.Close() }

func (x *ours) epoch() (float64, error) {
	start := time.Now()
	_, err := x.trainer.Fit(context.Background(), x.dataset(x.data.Train, len(x.data.Train.Labels)),
		nn.FitConfig{InitialEpoch: x.epochs, Epochs: x.epochs + 1, Seed: 1})
	x.epochs++
	return time.Since(start).Seconds(), err
}

func (x *ours) accuracy() (float64, error) {
	m, err := x.trainer.Evaluate(context.Background(), x.dataset(x.data.Test, len(x.data.Test.Labels)))
	return m.Accuracy, err
}

// predictions predicts the first samples of the test set, as floats: what peers
// get, too.
func (x *ours) predictions(batch int) (predict func() error, dst kernels.Mat) {
	in, dst := kernels.NewMat(batch, x.model.Inputs()), kernels.NewMat(batch, x.model.Outputs())
	for i := range in.Data {
		in.Data[i] = float32(x.data.Test.Images[i]) / 255
	}
	return func() error { return x.model.Predict(context.Background(), dst, nn.Floats{Mat: in}) }, dst
}

// predict measures as per_call in common.py does.
func (x *ours) predict(batch int) (float64, error) {
	predict, _ := x.predictions(batch)
	once, err := perCall(predict, 1)
	if err != nil {
		return 0, err
	}
	calls := max(1, int(0.005/max(once, 1e-7)))
	var slices []float64
	for range 9 {
		t, err := perCall(predict, calls)
		if err != nil {
			return 0, err
		}
		slices = append(slices, t)
	}
	return results.Median(slices[2:]), nil
}

func perCall(f func() error, calls int) (float64, error) {
	start := time.Now()
	for range calls {
		if err := f(); err != nil {
			return 0, err
		}
	}
	return time.Since(start).Seconds() / float64(calls), nil
}

func (x *ours) output(row, column int) (float64, error) {
	predict, dst := x.predictions(row + 1)
	err := predict()
	return float64(dst.At(row, column)), err
}
