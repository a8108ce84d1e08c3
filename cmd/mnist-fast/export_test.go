package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every format that can be read scores as the model does.
func TestExport(t *testing.T) {
	data, dir := smallData(t), t.TempDir()
	model := smallModel(t, data)
	score := func(model string) string {
		r := jsonLines(t, mustCall(t, "eval", "-model", model, "-data", data, "-json"))[0]
		return fmt.Sprintln(r["weights_sha256"], r["test_accuracy"], r["test_loss"])
	}
	want := score(model)
	for name, format := range map[string]string{
		"a.model": "model", "a.safetensors": "model", "p.safetensors": "pytorch", "p": "pytorch", "a.onnx": "onnx", "o": "onnx", "A.ONNX": "onnx",
	} {
		output := filepath.Join(dir, name)
		args := []string{"export", "-model", model, "-output", output, "-json"}
		if format == "pytorch" || name == "o" {
			args = append(args, "-format", format)
		}
		if r := jsonLines(t, mustCall(t, args...))[0]; r["format"] != format || r["output"] != output {
			t.Errorf("%s: %v", name, r)
		}
		if got := score(output); got != want {
			t.Errorf("%s: scores %s, want %s", name, got, want)
		}
		picture := filepath.Join(dir, "digit.png")
		writePicture(t, picture, 1)
		if a, b := mustCall(t, "predict", "-model", output, picture), mustCall(t, "predict", "-model", model, picture); a != b {
			t.Errorf("%s: %s, want %s", name, a, b)
		}
	}
	out := mustCall(t, "export", "-model", filepath.Join(dir, "a.onnx"), "-output", filepath.Join(dir, "digits.go"), "-package", "digits")
	if !strings.Contains(out, "784-32-10") || !strings.Contains(out, "format go") {
		t.Errorf("result %q", out)
	}
	if source, err := os.ReadFile(filepath.Join(dir, "digits.go")); err != nil || !bytes.Contains(source, []byte("\npackage digits\n")) {
		t.Errorf("a Go file %.80q, %v", source, err)
	}
}

// A file of another program may not tell the activation.
func TestExportActivation(t *testing.T) {
	dir := t.TempDir()
	model, foreign := filepath.Join(dir, "a.model"), filepath.Join(dir, "p.safetensors")
	mustCall(t, "-data", smallData(t), "-hidden", "8", "-epochs", "0", "-quiet", "-output", model)
	mustCall(t, "export", "-model", model, "-output", foreign, "-format", "pytorch")
	file, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, foreign, bytes.Replace(file, []byte(`"layout"`), []byte(`"foobar"`), 1))
	out := mustCall(t, "export", "-model", foreign, "-output", model, "-activation", "tanh")
	if !strings.Contains(out, "784-8-10 tanh softmax") {
		t.Errorf("result %q, want tanh", out)
	}
	if out := mustCall(t, "eval", "-model", model, "-data", smallData(t)); !strings.Contains(out, "784-8-10 tanh softmax") {
		t.Errorf("result %q, want tanh", out)
	}
}

func TestBadExport(t *testing.T) {
	dir := t.TempDir()
	onnx, model := filepath.Join(dir, "a.onnx"), filepath.Join(dir, "a.model")
	writeFile(t, onnx, []byte("this is not a model, but a text"))
	mustFail(t, call(t, "export", "-model", onnx, "-output", model), exitFailure, onnx+": bad model file")
	mustFail(t, call(t, "eval", "-model", onnx), exitFailure, onnx)
	mustFail(t, call(t, "export", "-model", filepath.Join(dir, "b.onnx"), "-output", model), exitFailure, "b.onnx")
	mustCall(t, "-data", smallData(t), "-hidden", "8", "-epochs", "0", "-quiet", "-output", model)
	nowhere := filepath.Join(dir, "nowhere", "a.onnx")
	mustFail(t, call(t, "export", "-model", model, "-output", nowhere), exitFailure, nowhere)
	mustFail(t, call(t, "export", "-model", model, "-output", dir, "-format", "go"), exitFailure, dir)
}
