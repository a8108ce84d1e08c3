package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

func TestCompareJSON(t *testing.T) {
	out := mustCall(t, "compare", "-data", smallData(t), "-optimizer", "gd,adam", "-hidden", "16", "-epochs", "3", "-seeds", "2", "-seed", "5", "-json")
	lines := jsonLines(t, out)
	if len(lines) != 7 {
		t.Fatalf("%d lines, want 2 runs and a summary for each of 2 settings, and a result:\n%s", len(lines), out)
	}
	for i, at := range []int{0, 1, 3, 4} {
		run := lines[at]
		if run["run"] != float64(i+1) || run["runs"] != 4.0 || run["seed"] != float64(5+i%2) || len(run["epochs"].([]any)) != 3 {
			t.Errorf("run %d: %v", i+1, run)
		}
	}
	gd, adam := lines[2], lines[5]
	if gd["setting"] != "gd lr=0.1" || gd["steps"] != 3.0 || adam["setting"] != "adam" || adam["steps"] != 3*57.0 {
		t.Errorf("summaries %v, %v", gd, adam)
	}
	mean := (lines[3]["accuracy"].(float64) + lines[4]["accuracy"].(float64)) / 2
	if got := adam["accuracy_mean"].(float64); math.Abs(got-mean) > 1e-12 || got < 0.7 {
		t.Errorf("mean accuracy %v, want %v and more than 0.7", got, mean)
	}
	if result := lines[6]; result["best"] != "adam" || result["scored_on"] != "validation" || result["images"] != 200.0 || result["interrupted"] != false {
		t.Errorf("result %v", result)
	}
}

// TestCompareSameAsTrain checks that a run is what train makes of the same
// settings.
func TestCompareSameAsTrain(t *testing.T) {
	data := smallData(t)
	flags := strings.Fields("-activation tanh -lr 0.02 -batch 50 -hidden 16-8 -seed 3 -epochs 2 -validation 0.25 -json -data " + data)
	run := jsonLines(t, mustCall(t, append([]string{"compare", "-optimizer", "sgd", "-seeds", "1"}, flags...)...))[0]
	flags[7] = "16,8"
	train := jsonLines(t, mustCall(t, append([]string{"train", "-optimizer", "sgd"}, flags...)...))
	if run["weights_sha256"] != train[2]["weights_sha256"] || run["accuracy"] != train[1]["val_accuracy"] {
		t.Errorf("compare: %v\ntrain: %v", run, train)
	}
}

func TestCompareText(t *testing.T) {
	dir := t.TempDir()
	picture := filepath.Join(dir, "c.png")
	out := mustCall(t, "compare", "-data", smallData(t), "-activation", "relu,tanh", "-batch", "20,50", "-hidden", "16", "-epochs", "2", "-seeds", "2", "-plot", picture)
	for _, want := range []string{
		"training 1800, scored on 200 held back", "in all     adam hidden=16\n", "8: epochs 2, seeds 1 to 2",
		"\nrelu batch=20 ", "\ntanh batch=50 ", " ± ", "\nbest  ", "\nplot       " + picture,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if n := len([]rune(line)) - 1; n > 80 && !strings.HasPrefix(line, "data") && !strings.HasPrefix(line, "plot") {
			t.Errorf("a line of %d columns: %q", n, line)
		}
	}
	file, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(file)); err != nil {
		t.Error(err)
	}
}

// TestCompareTest checks that test images are used on request only, and not to
// choose by.
func TestCompareTest(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "c.svg")
	out := mustCall(t, "compare", "-data", smallData(t), "-lr", "0.01,0.001", "-hidden", "8", "-epochs", "1", "-seeds", "1", "-test", "-plot", picture)
	for _, want := range []string{"training 2000, scored on 500 test images: do not choose by them", "to report a choice"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "best") || strings.Contains(out, "±") {
		t.Errorf("it chooses, or has the deviation of one run:\n%s", out)
	}
	if file, err := os.ReadFile(picture); err != nil || !bytes.Contains(file, []byte("500 test images")) {
		t.Errorf("the plot does not tell what it is of: %v", err)
	}
}

func TestCompareInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	status := run(ctx, []string{"mnist-fast", "compare", "-data", smallData(t)}, strings.NewReader(""), &stdout, &stderr)
	mustFail(t, outcome{status, stdout.String(), stderr.String()}, exitInterrupted, "before a run was complete")
}

func TestCombine(t *testing.T) {
	names := func(o compareOptions) (names []string, fixed string) {
		o.trainOptions = referenceRun()
		p := &comparison{compareOptions: &o}
		p.combine()
		for _, s := range p.settings {
			names = append(names, s.name())
		}
		return names, strings.Join(p.fixed, " ")
	}
	for _, c := range []struct {
		o     compareOptions
		names []string
		fixed string
	}{
		{compareOptions{}, []string{"gd lr=0.1", "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}, "hidden=256-128 relu"},
		{compareOptions{stacks: list[sizes]{{5}}, rates: list[float64]{1}}, nn.Optimizers(), "lr=1 hidden=5 relu"},
		{compareOptions{rates: list[float64]{0.1, 0.01}}, []string{"lr=0.1", "lr=0.01"}, "adam hidden=256-128 relu"},
		{compareOptions{optimizers: list[string]{"gd"}, rates: list[float64]{0.5}}, []string{"gd"}, "lr=0.5 hidden=256-128 relu"},
		{compareOptions{stacks: list[sizes]{{}, {3, 4}}, activations: list[nn.Activation]{nn.Tanh, nn.ReLU}},
			[]string{"hidden=none tanh", "hidden=none relu", "hidden=3-4 tanh", "hidden=3-4 relu"}, "adam"},
	} {
		if got, fixed := names(c.o); !reflect.DeepEqual(got, c.names) || fixed != c.fixed {
			t.Errorf("%q, in all %q; want %q, %q", got, fixed, c.names, c.fixed)
		}
	}
}

func TestSummary(t *testing.T) {
	run := func(accuracies ...number) runReport {
		var r runReport
		for i := range accuracies {
			r.Epochs = append(r.Epochs, epochReport{Epoch: i + 1, ValAccuracy: &accuracies[i], Seconds: 2})
			r.Accuracy = accuracies[i]
			r.Seconds += 2
		}
		return r
	}
	p := &comparison{compareOptions: &compareOptions{seeds: 3}}
	s := p.summarize(setting{labels: []string{"x"}}, []runReport{run(0.9, 0.971, 0.975), run(0.9, 0.96, 0.97), run(0.98, 0.97, 0.98)})
	if math.Abs(float64(s.Mean)-0.975) > 1e-12 || math.Abs(float64(s.Deviation)-0.005) > 1e-12 || s.Seconds != 6 {
		t.Errorf("%+v", s)
	}
	if s.To97 != (goal{3, 2, 4}) || s.To98 != (goal{1, 1, 2}) {
		t.Errorf("goals %+v, %+v", s.To97, s.To98)
	}
	if got := fmt.Sprint(s.errors.X); got != "[1 2 3]" || math.Abs(s.errors.Y[2]-2.5) > 1e-12 {
		t.Errorf("curve %v %v", s.errors.X, s.errors.Y)
	}
	for _, want := range []string{"97.50 ± 0.50", "2, 4.00 s", "1 of 3 seeds", "6.00"} {
		if !strings.Contains(s.text(), want) {
			t.Errorf("no %q in %q", want, s.text())
		}
	}
	if s := p.summarize(setting{}, []runReport{run(0.5)}); !math.IsNaN(float64(s.Deviation)) || !strings.Contains(s.text(), "(1 of 3 seeds)") || s.To97.text(1) != "-" {
		t.Errorf("one run: %+v %q", s, s.text())
	}
}

func TestBest(t *testing.T) {
	done := []summary{{Setting: "a", Mean: 0.97}, {Setting: "b", Mean: 0.98, Deviation: 0.005}, {Setting: "c", Mean: 0.976}}
	if name, asGood := best(done); name != "b" || !reflect.DeepEqual(asGood, []string{"c"}) {
		t.Errorf("%s, %v", name, asGood)
	}
	done[1].Deviation = number(math.NaN())
	if name, asGood := best(done); name != "b" || asGood != nil {
		t.Errorf("%s, %v", name, asGood)
	}
}
