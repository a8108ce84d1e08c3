package main

import (
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
	"github.com/mnist-fast/mnist-fast/nn"
)

func TestMisuse(t *testing.T) {
	tests := []struct{ args, about string }{
		{"-foo", "-foo"},
		{"--foo 3", "-foo"},
		{"train -foo=3", "-foo"},
		{"eval -foo", "-foo"},
		{"foo", `"foo"`},
		{"train foo", `"foo"`},
		{"-epochs 0 foo", `"foo"`},
		{"info foo", `"foo"`},
		{"version foo", `"foo"`},
		{"help foo", "foo"},
		{"-lr", "-lr"},
		{"-hidden 0", "-hidden"},
		{"-hidden -5", "-hidden"},
		{"-hidden x", "-hidden"},
		{"-hidden 64,", "-hidden"},
		{"-hidden 99999999999999999999", "-hidden"},
		{"-hidden 1000000,1000000", "-hidden"},
		{"-activation x", "-activation"},
		{"-init x", "-init"},
		{"-loss x", "-loss"},
		{"-optimizer x", "-optimizer"},
		{"-lr -1", "-lr"},
		{"-lr NaN", "-lr"},
		{"-lr Inf", "-lr"},
		{"-lr 1e39", "-lr"},
		{"-momentum 0.9", "-momentum"},
		{"-optimizer sgd -momentum 1", "-momentum"},
		{"-optimizer sgd -rho 0.9", "-rho"},
		{"-optimizer gd -beta1 0.9", "-beta1"},
		{"-optimizer adam -weight-decay 0.1", "-weight-decay"},
		{"-beta2 1.5", "-beta2"},
		{"-epsilon -1", "-epsilon"},
		{"-l1 NaN", "-l1"},
		{"-l2 -1", "-l2"},
		{"-epochs -1", "-epochs"},
		{"-epochs 1.5", "-epochs"},
		{"-batch 0", "-batch"},
		{"-batch -1", "-batch"},
		{"-batch 60001", "-batch"},
		{"-batch 60000 -validation 0.1", "-batch"},
		{"-seed -1", "-seed"},
		{"-workers -1", "-workers"},
		{"-workers 1000000", "-workers"},
		{"-tier foo", "-tier"},
		{"-validation 1.5", "-validation"},
		{"-validation -0.1", "-validation"},
		{"-validation NaN", "-validation"},
		{"-validation 1e-9", "-validation"},
		{"-train-images 0", "-train-images"},
		{"-train-images 60001", "-train-images"},
		{"-train-images 10 -batch 11", "-batch"},
		{"-dropout 1", "-dropout"},
		{"-dropout 0.5 -hidden none", "-dropout"},
		{"-input-dropout -0.1", "-input-dropout"},
		{"-label-smoothing x", "-label-smoothing"},
		{"-label-smoothing 0.1 -loss mean_squared_error", "-label-smoothing"},
		{"-clip-norm -1", "-clip-norm"},
		{"-ema 1", "-ema"},
		{"-schedule x", "-schedule"},
		{"-warmup -1", "-warmup"},
		{"-warmup 3 -epochs 2", "-warmup"},
		{"-early-stopping -1", "-early-stopping"},
		{"-output same -report ./same", "same file"},
		{"-output same -report ../mnist-fast/same", "same file"},
		{"-early-stopping 3", "-validation"},
		{"-augment x", "-augment"},
		{"-augment light,elastic", "-augment"},
		{"-augment shift", "-augment"},
		{"-augment shift=", "-augment"},
		{"-augment shift=-1", "-augment"},
		{"-augment rotation=200", "-augment"},
		{"-augment alpha=3", "-augment"},
		{"-preset x", "-preset"},
		{"-preset small-data -validation 0", "-validation"},
		{"-resume", "-checkpoint"},
		{"-checkpoint=", "-checkpoint"},
		{"-json=maybe", "-json"},
		{"-data=", "-data"},
		{"-output=", "-output"},
		{"eval", "-model"},
		{"eval -model x -history y", "-report"},
		{"eval -report=", "-report"},
		{"compare foo", `"foo"`},
		{"compare -optimizer adam,", "-optimizer"},
		{"compare -optimizer x", "-optimizer"},
		{"compare -activation relu,x", "-activation"},
		{"compare -lr 0.1,-1", "-lr"},
		{"compare -hidden 64,128-0", "-hidden"},
		{"compare -hidden 64-", "-hidden"},
		{"compare -hidden 8,1000000-1000000", "-hidden"},
		{"compare -batch 32,0", "-batch"},
		{"compare -batch 32,60000", "-batch"},
		{"compare -epochs 0", "-epochs"},
		{"compare -seeds 0", "-seeds"},
		{"compare -tier foo", "-tier"},
		{"compare -validation 0", "-validation"},
		{"compare -test -validation 0.2", "-validation"},
		{"compare -label-smoothing 1", "-label-smoothing"},
		{"compare -warmup 20", "-warmup"},
		{"compare -early-stopping 3", "-early-stopping"},
		{"compare -plot x.pdf", "-plot"},
		{"compare -plot x.png -lr 1,2,3,4,5,6 -batch 1,2,3,4,5,6", "-plot"},
		{"predict x.png", "-model"},
		{"predict -model x", "picture"},
		{"export -output x.onnx", "-model"},
		{"export -model x", "-output"},
		{"export -model x -output y", "-format"},
		{"export -model x -output ./x", "-output are the same file"},
		{"export -model x -output y -format z", "-format"},
		{"export -model x -output y.go -package a-b", "-package"},
		{"export -model x -output y.go foo", `"foo"`},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			o := call(t, strings.Fields(test.args)...)
			mustFail(t, o, exitMisuse, test.about)
			if o.stdout != "" {
				t.Errorf("stdout %q: want none", o.stdout)
			}
		})
	}
}

func TestUnusableTier(t *testing.T) {
	for _, tier := range kernels.AllTiers() {
		if tier.Err() == nil {
			continue
		}
		mustFail(t, call(t, "-tier", tier.String()), exitMisuse, "-tier")
		t.Setenv(kernels.TierEnv, tier.String())
		mustFail(t, call(t), exitMisuse, kernels.TierEnv)
	}
}

func TestUnknownTierInEnvironment(t *testing.T) {
	data := smallData(t)
	model := smallModel(t, data)
	t.Setenv(kernels.TierEnv, "foo")
	mustFail(t, call(t), exitMisuse, kernels.TierEnv)
	mustFail(t, call(t, "eval", "-model", model, "-data", data), exitMisuse, kernels.TierEnv)
	mustFail(t, call(t, "predict", "-model", model, "x.png"), exitMisuse, kernels.TierEnv)
	if out := mustCall(t, "info"); !strings.Contains(out, `unknown tier "foo"`) {
		t.Errorf("info: %q: want it to tell of the problem", out)
	}
	mustCall(t, "-data", data, "-epochs", "0", "-tier", "generic") // a flag overrides it
}

// TestHelp checks that every help teaches by example and fits a narrow window.
func TestHelp(t *testing.T) {
	for _, args := range []string{"-h", "help", "train -h", "help train", "eval -help", "predict --help", "compare -h", "predict x.png -h", "export -h", "info -h", "version -h"} {
		t.Run(args, func(t *testing.T) {
			text := mustCall(t, strings.Fields(args)...)
			if !strings.Contains(text, "Example") || !strings.Contains(text, "\n  mnist-fast") {
				t.Errorf("no example in %q", text)
			}
			for line := range strings.Lines(text) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 60 {
					t.Errorf("a line of %d columns: %q", n, line)
				}
			}
		})
	}
}

// TestHelpNames checks that the help lists the names that flags accept.
func TestHelpNames(t *testing.T) {
	data := smallData(t)
	help := mustCall(t, "train", "-h")
	for flag, names := range map[string][]string{
		"activation": {"relu", "sigmoid", "tanh", "linear", "softmax"},
		"init":       {"glorot_uniform", "he_uniform", "zeros"},
		"loss":       {"categorical_crossentropy", "mean_squared_error"},
		"optimizer":  nn.Optimizers(),
		"schedule":   scheduleNames,
		"augment":    augmentationNames(),
	} {
		for _, name := range names {
			if !strings.Contains(help, name) {
				t.Errorf("-%s: the help does not list %s", flag, name)
			}
			mustCall(t, "-data", data, "-epochs", "1", "-hidden", "8", "-"+flag, name)
		}
	}
}
