package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

// everything is a small run with all that -h has against over-fitting.
const everything = "-hidden 16,8 -epochs 3 -batch 50 -validation 0.2 -train-images 1000 -dropout 0.1 -input-dropout 0.05 " +
	"-label-smoothing 0.1 -l1 1e-6 -l2 1e-5 -clip-norm 1 -ema 0.9 -schedule cosine -warmup 0.5 -lr 0.01 -early-stopping 5 -augment elastic,noise=0.05"

// TestEverything checks that all flags work together, that people are told, and
// that workers and tier do not change a bit.
func TestEverything(t *testing.T) {
	args := append(strings.Fields(everything), "-data", smallData(t))
	text := mustCall(t, args...)
	for _, want := range []string{
		"training 800, validation 200,", "categorical_crossentropy label-smoothing=0.1 l1=1e-06 l2=1e-05\n",
		"schedule=cosine warmup=0.5 clip-norm=1 ema=0.9\n", "hidden=0.1 inputs=0.05\n",
		"alpha=36,sigma=6,noise=0.05\n", "on augmented images\n", "after 5 epochs without", "best       epoch ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if n := len([]rune(line)); n > 81 && !strings.HasPrefix(line, "weights") {
			t.Errorf("a line of %d columns: %q", n, line)
		}
	}
	var want any
	for i, tier := range append([]kernels.Tier{kernels.Best()}, kernels.Tiers()...) {
		lines := jsonLines(t, mustCall(t, append(args, "-json", "-tier", tier.String(), "-workers", fmt.Sprint(i+1))...))
		result := lines[len(lines)-1]
		if want == nil {
			want = result["weights_sha256"]
		}
		if result["weights_sha256"] != want || !strings.Contains(text, want.(string)) {
			t.Errorf("tier %v: weights %v, want %v", tier, result["weights_sha256"], want)
		}
		settings := result["settings"].(map[string]any)
		for flag, value := range map[string]any{"ema": "0.9", "batch": "50", "beta1": "0.9", "schedule": "cosine", "early-stopping": "5", "hidden": "16,8"} {
			if settings[flag] != value {
				t.Errorf("settings: -%s is %v, want %v", flag, settings[flag], value)
			}
		}
	}
}

// TestEachFlagTakesEffect checks that every flag changes the weights.
func TestEachFlagTakesEffect(t *testing.T) {
	data := smallData(t)
	seen := map[any]string{}
	for _, flags := range []string{
		"", "-dropout 0.1", "-input-dropout 0.1", "-label-smoothing 0.1", "-l1 0.001", "-l2 0.001", "-clip-norm 0.1", "-ema 0.5", "-warmup 1",
		"-augment light", "-augment affine", "-augment shift=2", "-train-images 290",
		"-schedule cosine", "-schedule linear", "-schedule onecycle", "-schedule exponential", "-schedule step",
	} {
		args := append(strings.Fields("-train-images 300 -epochs 2 -hidden 8 -quiet -json -data "+data), strings.Fields(flags)...)
		weights := jsonLines(t, mustCall(t, args...))[0]["weights_sha256"]
		if other, there := seen[weights]; there {
			t.Errorf("%q gives the weights of %q", flags, other)
		}
		seen[weights] = flags
	}
}

// TestEarlyStopping checks that training ends and that the best weights are kept.
func TestEarlyStopping(t *testing.T) {
	lines := jsonLines(t, mustCall(t, strings.Fields("-train-images 300 -validation 0.5 -epochs 200 -hidden 32 -lr 0.02 -early-stopping 2 -json -data "+smallData(t))...))
	epochs, result := lines[:len(lines)-1], lines[len(lines)-1]
	best := 0
	for i, e := range epochs {
		if e["val_loss"].(float64) < epochs[best]["val_loss"].(float64) {
			best = i
		}
	}
	if len(epochs) != best+3 || result["best_epoch"] != float64(best+1) {
		t.Errorf("%d epochs, the best is %d: %v", len(epochs), best+1, result)
	}
	lines = jsonLines(t, mustCall(t, append(strings.Fields("-train-images 300 -validation 0.5 -hidden 32 -lr 0.02 -json -data "+smallData(t)), "-epochs", fmt.Sprint(best+1))...))
	if want := lines[best+1]["weights_sha256"]; result["weights_sha256"] != want {
		t.Errorf("weights %v, want those of epoch %d, %v", result["weights_sha256"], best+1, want)
	}
}

func TestNewSchedule(t *testing.T) {
	if s := newSchedule("constant", 0.5, 100, 0); s != nil {
		t.Errorf("constant: %v, want the optimizer's own rate", s)
	}
	for _, test := range []struct {
		name   string
		warmup int
		want   map[int]float64 // by step of 100
	}{
		{"constant", 10, map[int]float64{0: 0, 5: 0.25, 10: 0.5, 99: 0.5}},
		{"cosine", 0, map[int]float64{0: 0.5, 25: 0.25 * (1 + math.Sqrt2/2), 50: 0.25, 100: 0}},
		{"cosine", 20, map[int]float64{0: 0, 10: 0.25, 20: 0.5, 60: 0.25, 100: 0}},
		{"linear", 0, map[int]float64{0: 0.5, 50: 0.25, 90: 0.05, 100: 0}},
		{"linear", 20, map[int]float64{10: 0.25, 20: 0.5, 60: 0.25, 100: 0}},
		{"exponential", 0, map[int]float64{0: 0.5, 50: 0.05, 100: 0.005}},
		{"step", 0, map[int]float64{0: 0.5, 50: 0.5, 51: 0.05, 75: 0.05, 76: 0.005, 99: 0.005}},
		{"step", 20, map[int]float64{10: 0.25, 60: 0.5, 61: 0.05, 81: 0.005}},
		{"onecycle", 0, map[int]float64{0: 0.02, 29: 0.5, 99: 0.02 / 1e4}},
		{"onecycle", 10, map[int]float64{0: 0.02, 9: 0.5, 99: 0.02 / 1e4}},
	} {
		s := newSchedule(test.name, 0.5, 100, test.warmup)
		for step, want := range test.want {
			if got := s.At(step); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s after %d: step %d: %v, want %v", test.name, test.warmup, step, got, want)
			}
		}
	}
}

// TestShortSchedules trains for no step, for one, and with nothing but warm-up.
func TestShortSchedules(t *testing.T) {
	data := smallData(t)
	for _, name := range scheduleNames {
		for _, flags := range []string{"-epochs 0", "-epochs 1 -optimizer gd", "-epochs 1 -warmup 1", "-epochs 1 -warmup 0.001"} {
			mustCall(t, append(strings.Fields(flags), "-hidden", "8", "-data", data, "-schedule", name)...)
		}
	}
}

func TestParseAugmentation(t *testing.T) {
	for text, want := range map[string]string{
		"none":                             "none",
		"light":                            "shift=1,rotation=10",
		"light, scale=0.5":                 "shift=1,rotation=10,scale=0.5",
		"none,erase=1":                     "erase=1",
		"noise=0.5,alpha=8,sigma=4":        "alpha=8,sigma=4,noise=0.5",
		"elastic,alpha=0,sigma=0,shift=0 ": "rotation=10,scale=0.1,shear=0.1",
	} {
		got, err := parseAugmentation(text)
		again, err2 := parseAugmentation(got.String())
		if err != nil || err2 != nil || got.String() != want || again != got {
			t.Errorf("%q: %q (%v), and again %q (%v); want %q", text, got, err, again, err2, want)
		}
	}
}

// TestPresets checks that each preset is sound, and that flags change it.
func TestPresets(t *testing.T) {
	data := smallData(t)
	for _, p := range presets {
		lines := jsonLines(t, mustCall(t, "-data", data, "-preset", p.name, "-epochs", "1", "-hidden", "8", "-workers", "2", "-json"))
		mustCall(t, "-data", data, "-preset", p.name, "-epochs", "0", "-hidden", "8") // with no time for a warm-up
		settings := lines[1]["settings"].(map[string]any)
		for _, f := range p.flags {
			want := f.value
			switch f.name {
			case "epochs":
				want = "1"
			case "hidden":
				want = "8"
			case "augment":
				a, _ := parseAugmentation(f.value)
				want = a.String()
			}
			if settings[f.name] != want {
				t.Errorf("preset %s: -%s is %v, want %s", p.name, f.name, settings[f.name], want)
			}
		}
	}
}

// TestCompareRegularized checks that compare takes the same flags as train.
func TestCompareRegularized(t *testing.T) {
	data := smallData(t)
	flags := slices.Concat(strings.Fields("-lr 0.02 -batch 50 -hidden 16 -epochs 2 -validation 0.25 -json -data "+data),
		strings.Fields("-train-images 1000 -dropout 0.1 -ema 0.9 -schedule linear -warmup 1 -clip-norm 1 -augment light -l2 1e-4"))
	run := jsonLines(t, mustCall(t, append([]string{"compare", "-optimizer", "sgd", "-seeds", "1"}, flags...)...))[0]
	train := jsonLines(t, mustCall(t, append([]string{"train", "-optimizer", "sgd"}, flags...)...))
	if run["weights_sha256"] != train[2]["weights_sha256"] || run["accuracy"] != train[1]["val_accuracy"] {
		t.Errorf("compare: %v\ntrain: %v", run, train)
	}
	text := mustCall(t, append([]string{"compare", "-optimizer", "sgd", "-seeds", "1"}, slices.DeleteFunc(flags, func(f string) bool { return f == "-json" })...)...)
	if want := "l2=0.0001 schedule=linear warmup=1 clip-norm=1 ema=0.9 dropout=0.1 augment=shift=1,rotation=10"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// TestAverageIsSaved checks that the model that is scored is the one that is saved.
func TestAverageIsSaved(t *testing.T) {
	data, file := smallData(t), t.TempDir()+"/m"
	lines := jsonLines(t, mustCall(t, "-data", data, "-hidden", "8", "-epochs", "1", "-ema", "0.9", "-json", "-quiet", "-output", file))
	m, err := nn.LoadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	score := jsonLines(t, mustCall(t, "eval", "-model", file, "-data", data, "-json"))[0]
	if lines[0]["weights_sha256"] != m.SHA256() || lines[0]["test_accuracy"] != score["test_accuracy"] {
		t.Errorf("train %v, eval %v", lines[0], score)
	}
}
