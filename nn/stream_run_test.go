package nn_test

import (
	"context"
	"errors"
	"iter"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// weighted gives samples weights from 0 to 2.
func weighted(d nn.Dataset) nn.Dataset {
	for i := range d.X.Len() {
		d.Weights = append(d.Weights, float32(i%5)/2)
	}
	return d
}

// streamOf is d in pieces, for every epoch.
func streamOf(d nn.Dataset, sizes ...int) func(int) iter.Seq2[nn.Dataset, error] {
	return func(int) iter.Seq2[nn.Dataset, error] { return cut(d, sizes...) }
}

// streamedRun is savedRun for a stream; Fit trains alike on its data.
func streamedRun(dir string) (nn.Dataset, nn.FitConfig) {
	_, c := savedRun(dir)
	validation := pictures(11, 6, 3)
	c.Validation, c.ValidationSplit, c.NoShuffle = &validation, 0, true
	return pictures(25, 6, 3), c
}

// What Config, Dataset and FitConfig have for Fit, FitStream has as well.
func TestFitStreamDoesWhatFitDoes(t *testing.T) {
	data, config := streamedRun("")
	config.Checkpoint = nn.Checkpoint{}
	for name, run := range map[string]struct {
		data   nn.Dataset
		config nn.Config
	}{
		"callbacks":              {data, nn.Config{}},
		"weights of classes":     {data, nn.Config{ClassWeights: []float32{1, 3, 0.5}}},
		"weights of samples":     {weighted(data), nn.Config{}},
		"both":                   {weighted(data), nn.Config{ClassWeights: []float32{1, 3, 0.5}}},
		"accumulation":           {data, nn.Config{Accumulate: 3}},
		"dropout, EMA, clipping": {data, nn.Config{InputDropout: 0.25, EMA: 0.9, EvaluateAverage: true, GlobalClipNorm: 0.5}},
	} {
		t.Run(name, func(t *testing.T) {
			run.config.BatchSize, run.config.Workers = 7, 2
			want := newTrainer(t, newModel(t, 6, streamLayers...), run.config)
			wantHistory := fit(t, want, run.data, config)
			trainer := newTrainer(t, newModel(t, 6, streamLayers...), run.config)
			history, err := trainer.FitStream(context.Background(), streamOf(run.data, 4, 9), config)
			if err != nil {
				t.Fatal(err)
			}
			requireSameRun(t, trainer, want, history, wantHistory)
		})
	}
}

// A shuffled stream keeps samples and their weights together.
func TestShuffleKeepsWeights(t *testing.T) {
	d := weighted(numbered(200))
	for piece, err := range nn.Shuffle(cut(d, 7), 30, 1, 1) {
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range numbersOf(t, piece) {
			if piece.Weights[i] != d.Weights[n] {
				t.Errorf("sample %d has weight %v, want %v", n, piece.Weights[i], d.Weights[n])
			}
		}
	}
	d.Weights = d.Weights[:50]
	_, err := newTrainer(t, newModel(t, 1, streamLayers...), nn.Config{}).FitStream(context.Background(),
		func(epoch int) iter.Seq2[nn.Dataset, error] {
			return nn.Shuffle(func(yield func(nn.Dataset, error) bool) { yield(d, nil) }, 30, 1, epoch)
		}, nn.FitConfig{Epochs: 1})
	if !errors.Is(err, nn.ErrData) {
		t.Errorf("error %v", err)
	}
}

// From every checkpoint, one after each batch, the stream ends in the bits of an
// uninterrupted run.
func TestResumeOfStreams(t *testing.T) {
	data, plain := streamedRun("")
	plain.Checkpoint = nn.Checkpoint{}
	want := savedTrainer(t, 1)
	wantHistory := fit(t, want, data, plain)

	dir := t.TempDir()
	_, config := streamedRun(dir)
	config.Checkpoint.EverySteps, config.Checkpoint.Keep = 1, 1000
	trainer := savedTrainer(t, 2)
	history, err := trainer.FitStream(context.Background(), streamOf(data, 5, 3), config)
	if err != nil {
		t.Fatal(err)
	}
	requireSameRun(t, trainer, want, history, wantHistory)

	files := names(t, dir)
	if n := len(files); n != 1+4*len(wantHistory) { // one of the best
		t.Errorf("%d checkpoints of %d epochs of 4 batches", n, len(wantHistory))
	}
	config.Checkpoint = nn.Checkpoint{Dir: t.TempDir(), Best: true}
	for i, name := range files {
		trainer := resume(t, filepath.Join(dir, name), nn.Config{})
		history, err := trainer.FitStream(context.Background(), streamOf(data, 1+i%9), config)
		if err != nil {
			t.Fatal(err)
		}
		requireSameRun(t, trainer, want, history, wantHistory)
	}
}

// A cancelled stream leaves a checkpoint, too, even after the last batch of an
// epoch. Another run does not go on from it.
func TestResumeOfCancelledStream(t *testing.T) {
	data, plain := streamedRun("")
	plain.Checkpoint = nn.Checkpoint{}
	want := savedTrainer(t, 1)
	wantHistory := fit(t, want, data, plain)
	for batch := 1; batch <= 4; batch++ {
		dir := t.TempDir()
		_, config := streamedRun(dir)
		config.Checkpoint.EverySteps = 0
		stopped := config
		ctx, cancel := context.WithCancel(context.Background())
		stopped.Callbacks = append(slices.Clone(config.Callbacks), nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
			if p.Epoch == 3 && p.Batch == batch {
				cancel()
			}
		}})
		if _, err := savedTrainer(t, 1).FitStream(ctx, streamOf(data, 25), stopped); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		_, err := resume(t, latest(t, dir), nn.Config{}).FitStream(context.Background(), streamOf(pictures(3, 6, 3), 25), config)
		if !errors.Is(err, nn.ErrData) || !strings.Contains(err.Error(), "epoch 3: ") {
			t.Errorf("a shorter stream: error %v", err)
		}
		_, err = resume(t, latest(t, dir), nn.Config{}).Fit(context.Background(), data, config)
		if err == nil || !strings.Contains(err.Error(), "samples to train on 0, this one 25") {
			t.Errorf("Fit: error %v", err)
		}
		trainer := resume(t, latest(t, dir), nn.Config{})
		history, err := trainer.FitStream(context.Background(), streamOf(data, 10), config)
		if err != nil {
			t.Fatal(err)
		}
		requireSameRun(t, trainer, want, history, wantHistory)
	}
}

// A checkpoint has the model's metadata, and so has a resumed trainer's model.
func TestCheckpointsKeepMetadata(t *testing.T) {
	data, config := savedRun(t.TempDir())
	config.Epochs = 1
	trainer := savedTrainer(t, 1)
	want := map[string]string{"names": "a,b"}
	trainer.Model().Metadata = want
	fit(t, trainer, data, config)
	resumed := resume(t, latest(t, config.Checkpoint.Dir), nn.Config{})
	if got := resumed.Model().Metadata; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	averaged := newTrainer(t, trainer.Model(), nn.Config{EMA: 0.5}).Averaged()
	if !reflect.DeepEqual(averaged.Metadata, want) {
		t.Errorf("average: got %q, want %q", averaged.Metadata, want)
	}
}
