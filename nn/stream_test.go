package nn_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// cut returns the samples of d in pieces of these sizes, again and again. A piece
// lives in memory that the next one overwrites.
func cut(d nn.Dataset, sizes ...int) iter.Seq2[nn.Dataset, error] {
	return func(yield func(nn.Dataset, error) bool) {
		var x []uint8
		for at, i := 0, 0; at < d.X.Len(); i++ {
			end := min(at+sizes[i%len(sizes)], d.X.Len())
			pixels, labels := d.X.(nn.Bytes), d.Y.(nn.Labels)
			x = append(x[:0], pixels.Data[at*pixels.Columns:end*pixels.Columns]...)
			pixels.Data, labels.Of = x, labels.Of[at:end]
			piece := nn.Dataset{X: pixels, Y: labels}
			if d.Weights != nil {
				piece.Weights = d.Weights[at:end]
			}
			if !yield(piece, nil) {
				return
			}
			at = end
		}
		for i := range x {
			x[i] = 99
		}
	}
}

var streamLayers = []nn.Dense{{Units: 9, Activation: nn.ReLU}, {Units: 3, Activation: nn.Softmax, L2: 0.01}}

// However the stream is cut, the bits, the history and what callbacks are told
// are those of Fit on the samples in their order.
func TestFitStreamIsFitWithoutShuffling(t *testing.T) {
	data, other := pictures(40, 6, 3), pictures(13, 6, 3)
	train := func(sizes []int, workers int) (*nn.Sequential, nn.History, []nn.Progress) {
		m := newModel(t, 6, streamLayers...)
		trainer := newTrainer(t, m, nn.Config{BatchSize: 7, Workers: workers})
		var told []nn.Progress
		c := nn.FitConfig{Epochs: 3, InitialEpoch: 1, NoShuffle: true, Validation: &other, Callbacks: []nn.Callback{nn.LambdaCallback{
			OnBatchEnd: func(p nn.Progress) {
				p.Batches = 0
				told = append(told, p)
			},
		}}}
		if sizes == nil {
			return m, fit(t, trainer, data, c), told
		}
		var epochs []int
		history, err := trainer.FitStream(context.Background(), func(epoch int) iter.Seq2[nn.Dataset, error] {
			epochs = append(epochs, epoch)
			return cut(data, sizes...)
		}, c)
		if err != nil || !slices.Equal(epochs, []int{2, 3}) {
			t.Fatalf("error %v after epochs %d", err, epochs)
		}
		return m, history, told
	}
	m, history, told := train(nil, 1)
	for i := range history {
		history[i].Seconds = 0
	}
	for _, sizes := range [][]int{{1}, {7}, {40}, {100}, {3, 1, 20, 2}, {8, 6}} {
		for _, workers := range []int{1, 2} {
			streamed, h, p := train(sizes, workers)
			requireSHA256(t, streamed, m.SHA256())
			for i := range h {
				h[i].Seconds = 0
			}
			if !reflect.DeepEqual(h, history) || !reflect.DeepEqual(p, told) {
				t.Errorf("pieces of %d: history %+v, progress %+v; want %+v, %+v", sizes, h, p, history, told)
			}
		}
	}
}

func TestFitStreamReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	data := pictures(10, 6, 3)
	failing := func(d nn.Dataset, err error) iter.Seq2[nn.Dataset, error] {
		return func(yield func(nn.Dataset, error) bool) {
			if yield(pictures(10, 6, 3), nil) {
				yield(d, err)
			}
		}
	}
	for _, test := range []struct {
		pieces iter.Seq2[nn.Dataset, error]
		want   error
		text   string
	}{
		{failing(data, broken), broken, "epoch 1: piece 2: broken"},
		{failing(nn.Dataset{}, nil), nn.ErrData, "epoch 1: piece 2: nn: bad data: no samples or no targets"},
		{failing(pictures(10, 5, 3), nil), nn.ErrData, "epoch 1: piece 2: nn: bad data: samples of 5 numbers for a model of 6 inputs"},
		{failing(pictures(0, 6, 3), nil), nn.ErrData, "epoch 1: piece 2: nn: bad data: no samples"},
		{cut(pictures(0, 6, 3), 1), nn.ErrData, "epoch 1: nn: bad data: no samples"},
	} {
		batches := 0
		c := nn.FitConfig{Epochs: 2, Callbacks: []nn.Callback{nn.LambdaCallback{OnBatchEnd: func(nn.Progress) { batches++ }}}}
		trainer := newTrainer(t, newModel(t, 6, streamLayers...), nn.Config{BatchSize: 7, Workers: 1})
		history, err := trainer.FitStream(context.Background(), func(int) iter.Seq2[nn.Dataset, error] { return test.pieces }, c)
		if !errors.Is(err, test.want) || err.Error() != test.text || len(history) != 0 || batches > 1 {
			t.Errorf("%d epochs and %v after %d batches, want %s", len(history), err, batches, test.text)
		}
	}
	trainer := newTrainer(t, newModel(t, 6, streamLayers...), nn.Config{Workers: 1})
	for _, c := range []nn.FitConfig{{Epochs: -1}, {Epochs: 1, ValidationSplit: 0.5}, {Epochs: 1, Validation: &nn.Dataset{}}} {
		if _, err := trainer.FitStream(context.Background(), nil, c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}

// The stream is not asked for more than training needs.
func TestCancelledFitStreamEndsAfterTheBatch(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	data := pictures(40, 6, 3)
	m := newModel(t, 6, streamLayers...)
	var kept string
	batches, pieces := 0, 0
	history, err := newTrainer(t, m, nn.Config{BatchSize: 4, Workers: 1}).FitStream(ctx, func(int) iter.Seq2[nn.Dataset, error] {
		return func(yield func(nn.Dataset, error) bool) {
			for d := range cut(data, 10) {
				if pieces++; !yield(d, nil) {
					return
				}
			}
		}
	}, nn.FitConfig{Epochs: 5, Callbacks: []nn.Callback{nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
		if batches++; batches == 13 {
			cancel()
			kept = m.SHA256()
		}
	}}}})
	if !errors.Is(err, context.Canceled) || len(history) != 1 || batches != 13 || pieces != 6 {
		t.Errorf("FitStream returned %d epochs and %v after %d batches of %d pieces", len(history), err, batches, pieces)
	}
	requireSHA256(t, m, kept)
}

func TestCallbackEndsFitStream(t *testing.T) {
	stop := nn.LambdaCallback{OnEpochEnd: func(nn.Epoch) error { return fmt.Errorf("enough: %w", nn.ErrStop) }}
	history, err := newTrainer(t, newModel(t, 6, streamLayers...), nn.Config{Workers: 1}).FitStream(context.Background(),
		func(int) iter.Seq2[nn.Dataset, error] { return cut(pictures(40, 6, 3), 10) },
		nn.FitConfig{Epochs: 5, Callbacks: []nn.Callback{stop}})
	if err != nil || len(history) != 1 {
		t.Errorf("%d epochs, error %v", len(history), err)
	}
}

// Longer streams allocate no more.
func TestFitStreamAllocatesNothingFromStepToStep(t *testing.T) {
	data := pictures(33, 30, 5)
	trainer := newTrainer(t, newModel(t, 30, allocLayers...), nn.Config{BatchSize: 8, Workers: 2})
	allocs := func(pieces int) float64 {
		endless := func(int) iter.Seq2[nn.Dataset, error] {
			return func(yield func(nn.Dataset, error) bool) {
				for i := 0; i < pieces && yield(data, nil); i++ {
				}
			}
		}
		return testing.AllocsPerRun(3, func() {
			if _, err := trainer.FitStream(context.Background(), endless, nn.FitConfig{Epochs: 1}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocs(2), allocs(50); math.Abs(few-many) > 1 {
		t.Errorf("2 pieces make %v allocations, 50 make %v", few, many)
	}
}
