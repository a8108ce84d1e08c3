package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

func TestTrainJSON(t *testing.T) {
	out := mustCall(t, "-data", smallData(t), "-epochs", "3", "-hidden", "32", "-validation", "0.25", "-seed", "7", "-workers", "2", "-json")
	lines := jsonLines(t, out)
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 3 epochs and a result:\n%s", len(lines), out)
	}
	for i, e := range lines[:3] {
		if e["epoch"] != float64(i+1) {
			t.Errorf("epoch %v, want %d", e["epoch"], i+1)
		}
		for _, key := range []string{"loss", "accuracy", "val_loss", "val_accuracy", "seconds", "samples_per_second"} {
			if x, ok := e[key].(float64); !ok || x <= 0 {
				t.Errorf("epoch %d: %s is %v", i+1, key, e[key])
			}
		}
	}
	result := lines[3]
	for key, want := range map[string]any{"epochs": 3.0, "interrupted": false, "workers": 2.0, "seed": 7.0, "tier": kernels.Best().String()} {
		if result[key] != want {
			t.Errorf("%s is %v, want %v", key, result[key], want)
		}
	}
	if x, ok := result["test_accuracy"].(float64); !ok || x < 0.7 {
		t.Errorf("test_accuracy is %v: it has learned nothing", result["test_accuracy"])
	}
	for _, key := range []string{"test_loss", "train_seconds", "total_seconds"} {
		if x, ok := result[key].(float64); !ok || x <= 0 {
			t.Errorf("%s is %v", key, result[key])
		}
	}
}

// TestSameWeights checks that workers and tier do not change a bit.
func TestSameWeights(t *testing.T) {
	data := smallData(t)
	train := func(args ...string) any {
		args = append([]string{"-data", data, "-epochs", "1", "-hidden", "16", "-quiet", "-json"}, args...)
		return jsonLines(t, mustCall(t, args...))[0]["weights_sha256"]
	}
	want := train()
	for _, tier := range kernels.Tiers() {
		if got := train("-tier", tier.String(), "-workers", "3"); got != want {
			t.Errorf("tier %v: weights %v, want %v", tier, got, want)
		}
	}
	if got := train("-seed", "2"); got == want {
		t.Error("another seed gives the same weights")
	}
}

func TestTrainText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digits.model")
	out := mustCall(t, "-data", smallData(t), "-epochs", "2", "-hidden", "16,8", "-validation", "0.1", "-output", file)
	for _, want := range []string{
		"784-16-8-10 relu softmax", "training 1800, validation 200, test 500", "adam lr=0.001 beta1=0.9",
		"\nepoch ", "\n    2 ", "accuracy", "SHA-256", "mnist-fast predict -model " + file + " picture.png",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if _, err := nn.LoadFile(file); err != nil {
		t.Error(err)
	}
}

func TestOptimizerFlags(t *testing.T) {
	data := smallData(t)
	for flags, want := range map[string]string{
		"-optimizer gd":                                                "batch 2000,",
		"-optimizer gd -batch 50":                                      "batch 50,",
		"-optimizer sgd -lr 0.5 -momentum 0.25":                        "lr=0.5 momentum=0.25\n",
		"-optimizer nesterov":                                          "lr=0.01 momentum=0.9\n",
		"-optimizer rmsprop -rho 0.75 -epsilon 1e-6":                   "lr=0.001 rho=0.75 epsilon=1e-06\n",
		"-optimizer adamw -beta1 0.5 -beta2 0.25 -weight-decay 0.0625": "beta1=0.5 beta2=0.25 epsilon=1e-07 weight-decay=0.0625\n",
	} {
		args := append([]string{"-data", data, "-epochs", "0", "-hidden", "none"}, strings.Fields(flags)...)
		if out := mustCall(t, args...); !strings.Contains(out, want) {
			t.Errorf("%s: no %q in\n%s", flags, want, out)
		}
	}
}

// TestDivergence checks that numbers which JSON does not have do not end a run.
func TestDivergence(t *testing.T) {
	out := mustCall(t, "-data", smallData(t), "-optimizer", "sgd", "-lr", "1e30", "-epochs", "1", "-hidden", "16", "-json")
	if loss, there := jsonLines(t, out)[0]["loss"]; !there || loss != nil {
		t.Errorf("loss is %v, want null", loss)
	}
}

func TestQuiet(t *testing.T) {
	data := smallData(t)
	if out := mustCall(t, "-data", data, "-epochs", "1", "-hidden", "8", "-quiet"); strings.Contains(out, "epoch") || !strings.Contains(out, "test ") {
		t.Errorf("%q: want the result only", out)
	}
}

func TestInterrupt(t *testing.T) {
	data, file := smallData(t), filepath.Join(t.TempDir(), "digits.model")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	status := run(ctx, []string{"mnist-fast", "-data", data, "-output", file}, strings.NewReader(""), &stdout, &stderr)
	mustFail(t, outcome{status, stdout.String(), stderr.String()}, exitInterrupted, "interrupted")
	if !strings.Contains(stdout.String(), "with 0 of 10 epochs complete") {
		t.Errorf("stdout %q does not tell how far it came", stdout.String())
	}
	if _, err := nn.LoadFile(file); err != nil {
		t.Error(err)
	}
}

// TestInterruptedScoring checks that a model is saved before it is scored.
func TestInterruptedScoring(t *testing.T) {
	data, file := smallData(t), filepath.Join(t.TempDir(), "digits.model")
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr := canceler{cancel: cancel, left: 1}, bytes.Buffer{}
	status := run(ctx, []string{"mnist-fast", "-data", data, "-epochs", "1", "-json", "-output", file}, strings.NewReader(""), &stdout, &stderr)
	mustFail(t, outcome{status, stdout.String(), stderr.String()}, exitInterrupted, "the model is in "+file)
	if _, err := nn.LoadFile(file); err != nil {
		t.Error(err)
	}
}

func TestBar(t *testing.T) {
	var w bytes.Buffer
	b := &bar{w: &w}
	for i := range 100_000 { // far less than the time between two drawings
		b.update(nn.Progress{Epoch: 1, Epochs: 2, Batch: i + 1, Batches: 200_000})
	}
	b.clear()
	if n := strings.Count(w.String(), "epoch 1/2"); n == 0 || n > 5 {
		t.Errorf("drawn %d times: %q", n, w.String())
	}
	if !strings.HasSuffix(w.String(), " \r") {
		t.Errorf("%q: want an empty line at the end", w.String())
	}
	if b.callbacks() != nil {
		t.Error("a bar without a terminal")
	}
}
