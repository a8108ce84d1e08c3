package nn_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// Each thing that has to be the same is looked at.
func TestResumeRefusesAnotherRun(t *testing.T) {
	dir := t.TempDir()
	data, config := savedRun(dir)
	ctx, cancel := context.WithCancel(context.Background())
	stopped := config
	stopped.Callbacks = append(slices.Clone(config.Callbacks), nn.LambdaCallback{OnBatchEnd: func(p nn.Progress) {
		if p.Epoch == 2 && p.Batch == 2 {
			cancel()
		}
	}})
	if _, err := savedTrainer(t, 1).Fit(ctx, data, stopped); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	other := pictures(30, 6, 3)
	other.Y.(nn.Labels).Of[7] ^= 1
	held := tail(data, 24)
	for _, test := range []struct {
		want   string // in the error
		data   nn.Dataset
		change func(*nn.FitConfig)
	}{
		{"a seed of 5, this one 6", data, func(c *nn.FitConfig) { c.Seed = 6 }},
		{"NoShuffle", data, func(c *nn.FitConfig) { c.NoShuffle = true }},
		{"samples to train on 24, this one 15", data, func(c *nn.FitConfig) { c.ValidationSplit = 0.5 }},
		{"samples to train on 24, this one 30", data, func(c *nn.FitConfig) { c.ValidationSplit, c.Validation = 0, &held }},
		{"targets", other, func(*nn.FitConfig) {}},
		{"initial epoch", data, func(c *nn.FitConfig) { c.InitialEpoch = 1 }},
		{"best epoch by val_loss, this one accuracy", data, func(c *nn.FitConfig) { c.Checkpoint.Monitor = nn.TrainAccuracy }},
		{"2 callbacks, this one 1", data, func(c *nn.FitConfig) { c.Callbacks = c.Callbacks[:2] }},
		{"Patience:4", data, func(c *nn.FitConfig) {
			c.Callbacks = []nn.Callback{c.Callbacks[0], nn.EarlyStopping{Monitor: nn.ValAccuracy, Patience: 5, RestoreBest: true}}
		}},
		{"ReduceLROnPlateau{", data, func(c *nn.FitConfig) { c.Callbacks = []nn.Callback{c.Callbacks[2], c.Callbacks[0]} }},
	} {
		t.Run(test.want, func(t *testing.T) {
			trainer, changed := resume(t, latest(t, dir), nn.Config{}), config
			test.change(&changed)
			before := save(t, trainer)
			_, err := trainer.Fit(context.Background(), test.data, changed)
			if err == nil || !strings.Contains(err.Error(), test.want) || errors.Is(err, nn.ErrFormat) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
			if !bytes.Equal(save(t, trainer), before) {
				t.Error("the trainer was changed")
			}
		})
	}
	for want, c := range map[string]nn.Config{
		"batches of 7, this one 8":               {BatchSize: 8},
		"the loss categorical_crossentropy":      {Loss: nn.MeanSquaredError},
		"the optimizer nn.Adam{LearningRate:0.0": {Optimizer: nn.NewSGD()},
	} {
		if _, err := nn.ResumeTrainer(latest(t, dir), c); err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, nn.ErrFormat) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// What a sealed checkpoint says of its run is checked, when it is read or when
// Fit knows the data.
func TestResumeRefusesCheckpointsThatLie(t *testing.T) {
	whole, path := checkpointFile(t), filepath.Join(t.TempDir(), "checkpoint")
	replace := func(pattern, with string) func(*safetensors) {
		return func(s *safetensors) {
			text := s.metadata()["fit"].(string)
			changed := regexp.MustCompile(pattern).ReplaceAllString(text, with)
			if changed == text {
				t.Fatalf("no %s in %s", pattern, text)
			}
			s.metadata()["fit"] = changed
		}
	}
	rename := func(old, new string) func(*safetensors) {
		return func(s *safetensors) {
			s.header[new] = s.header[old]
			delete(s.header, old)
		}
	}
	for _, test := range []struct {
		name   string
		change func(*safetensors)
	}{
		{"no state", func(s *safetensors) { delete(s.metadata(), "fit") }},
		{"text of another type", func(s *safetensors) { s.metadata()["fit"] = "[]" }},
		{"callbacks of another type", replace(`"callbacks":`, `"callbacks":7,"x":`)},
		{"no history", rename("fit.history", "fit.historx")},
		{"history of another shape", func(s *safetensors) {
			s.header["fit.history"].(map[string]any)["shape"] = []int{4, 7}
		}},
		{"weights under another name", rename("fit.callback_2.dense_1.kernel", "fit.callback_3.dense_1.kernel")},
		{"weights of no callback", replace(`"wait":(\d+),"epoch":\d+`, `"wait":$1`)},
		{"weights of one more callback", replace(`"wait":0}`, `"wait":0,"epoch":1}`)},
		{"epoch before the last", replace(`"epoch":3`, `"epoch":2`)},
		{"epoch of a longer history", replace(`"epoch":3`, `"epoch":4`)},
		{"initial epoch below 0", replace(`"initial_epoch":0`, `"initial_epoch":-1`)},
		{"negative batches", replace(`"batches":2`, `"batches":-2`)},
		{"more batches than an epoch has", replace(`"batches":2`, `"batches":5`)},
		{"batches that overflow", replace(`"batches":2`, `"batches":9223372036854775807`)},
		{"other samples", replace(`"samples":14`, `"samples":13`)},
		{"more hits than samples", replace(`"hits":\d+`, `"hits":15`)},
		{"loss that is no number", replace(`"loss":"[^"]*"`, `"loss":"much"`)},
		{"seconds without end", replace(`"seconds":"[^"]*"`, `"seconds":"+Inf"`)},
		{"waiting below 0", replace(`"wait":\d+,"epoch"`, `"wait":-1,"epoch"`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := os.WriteFile(path, edited(t, whole, test.change), 0o600); err != nil {
				t.Fatal(err)
			}
			trainer, err := nn.ResumeTrainer(path, nn.Config{Workers: 1})
			if err == nil {
				defer trainer.Close()
				data, config := savedRun("")
				config.Checkpoint = nn.Checkpoint{}
				_, err = trainer.Fit(context.Background(), data, config)
			}
			requireErrFormat(t, err)
		})
	}
}
