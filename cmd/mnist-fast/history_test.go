package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseHistory(t *testing.T) {
	const (
		epoch1 = `{"epoch":1,"loss":0.5,"accuracy":0.8,"val_loss":0.4,"val_accuracy":0.85,"seconds":2,"samples_per_second":9}` + "\n"
		epoch2 = `{"epoch":2,"loss":null,"accuracy":0.1,"seconds":3}` + "\n"
		result = `{"epochs":2,"test_loss":null,"weights_sha256":"abc"}` + "\n"
	)
	h, err := parseHistory(strings.NewReader(epoch1+epoch2+result+"later lines are not read"), "abc")
	if err != nil || len(h) != 2 {
		t.Fatalf("%v, %v", h, err)
	}
	if e := h[0]; e.Epoch != 1 || e.Loss != 0.5 || e.Accuracy != 0.8 || e.Seconds != 2 || e.Validation == nil || e.Validation.Accuracy != 0.85 {
		t.Errorf("epoch 1: %+v", e)
	}
	if e := h[1]; !math.IsNaN(e.Loss) || e.Validation != nil {
		t.Errorf("epoch 2: %+v", e)
	}
	for text, about := range map[string]string{
		"":                            "missing at the end",
		epoch1:                        "missing at the end",
		epoch1 + "{}":                 "line 2: no epoch",
		epoch1 + epoch2 + "x":         "line 3: not what",
		epoch1 + `{"epoch":"2"}`:      "line 2: not what",
		epoch1 + `{"epoch":3,"loss":`: "line 2: not what",
		`{"weights_sha256":"def"}`:    "another model",
		`[1]`:                         "line 1",
		`{"accuracy_mean":0.9}`:       "no epoch",
	} {
		if _, err := parseHistory(strings.NewReader(text), "abc"); err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("%q: %v, want %q", text, err, about)
		}
	}
}

// An endless history is given up, whatever it is made of.
func TestEndlessHistory(t *testing.T) {
	for _, piece := range []string{" ", `{"epoch":1}`} {
		if _, err := parseHistory(&endless{text: piece}, "abc"); err == nil || !strings.Contains(err.Error(), "longer than 4 MB") {
			t.Errorf("%q for ever: %v", piece, err)
		}
	}
}

// An endless reader gives the same text again and again.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.text[e.at]
		e.at = (e.at + 1) % len(e.text)
	}
	return len(p), nil
}

func FuzzParseHistory(f *testing.F) {
	f.Add([]byte(`{"epoch":1,"loss":0.5,"accuracy":0.8,"val_loss":0.4,"val_accuracy":0.85}{"weights_sha256":"abc"}`))
	f.Add([]byte(`{"epoch":1,"loss":null}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		h, err := parseHistory(bytes.NewReader(file), "abc")
		if (h == nil) != (err != nil) && len(h) > 0 {
			t.Errorf("%v, %v", h, err)
		}
	})
}

// TestReport writes the page at the end of training, and later from what
// training told.
func TestReport(t *testing.T) {
	data, dir := smallData(t), t.TempDir()
	model, run, first, second := filepath.Join(dir, "m"), filepath.Join(dir, "run.jsonl"), filepath.Join(dir, "1.html"), filepath.Join(dir, "2.html")
	out := mustCall(t, "-data", data, "-epochs", "3", "-hidden", "16", "-validation", "0.1", "-output", model, "-report", first, "-json")
	writeFile(t, run, []byte(out))
	if lines := jsonLines(t, out); lines[3]["report"] != first {
		t.Errorf("result %v does not tell of the report", lines[3])
	}
	out = mustCall(t, "eval", "-model", model, "-data", data, "-history", run, "-report", second)
	if !strings.Contains(out, "report     "+second) {
		t.Errorf("%q does not tell of the report", out)
	}
	for _, name := range []string{first, second} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"784-16-10", "after epoch 3; validation", "Weights of 16 units", "wrong test images"} {
			if !bytes.Contains(page, []byte(want)) {
				t.Errorf("%s: no %q", name, want)
			}
		}
	}
	mustFail(t, call(t, "eval", "-model", smallModel(t, data), "-data", data, "-history", run, "-report", second), exitFailure, "another model")
	mustFail(t, call(t, "eval", "-model", model, "-data", data, "-history", dir, "-report", second), exitFailure, dir)
}
