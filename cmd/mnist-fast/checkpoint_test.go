package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// weightsOf trains and returns the hash of the weights, and the whole result.
func weightsOf(t *testing.T, args ...string) (any, map[string]any) {
	t.Helper()
	lines := jsonLines(t, mustCall(t, append(args, "-json")...))
	result := lines[len(lines)-1]
	return result["weights_sha256"], result
}

func TestResume(t *testing.T) {
	data := smallData(t)
	flags := strings.Fields("-hidden 16 -dropout 0.1 -augment light -validation 0.1 -ema 0.9 -data " + data)
	want, _ := weightsOf(t, append(flags, "-epochs", "5")...)

	dir := filepath.Join(t.TempDir(), "new", "run")
	flags = append(flags, "-checkpoint", dir, "-resume", "-workers", "2", "-epochs")
	if out := mustCall(t, append(flags, "2")...); !strings.Contains(out, "has none yet: from the beginning") {
		t.Errorf("%q does not tell that there is nothing to go on from", out)
	}
	out := mustCall(t, append(flags, "4")...)
	if !strings.Contains(out, "goes on from "+dir) || !strings.Contains(out, "\nepoch ") || strings.Contains(out, "\n    2 ") || !strings.Contains(out, "\n    3 ") {
		t.Errorf("%q: want it to go on with epoch 3", out)
	}
	got, result := weightsOf(t, append(flags, "5")...)
	if got != want {
		t.Errorf("weights %v, want %v", got, want)
	}
	if from, _ := result["resumed_from"].(string); result["epochs"] != 5.0 || !strings.HasPrefix(from, dir) {
		t.Errorf("result %v", result)
	}
	if again, _ := weightsOf(t, append(flags, "5")...); again != want {
		t.Errorf("weights %v when all is done, want %v", again, want)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.safetensors"))
	if err != nil || len(names) != 4 { // three steps and the best
		t.Errorf("%v, %v", names, err)
	}
}

func TestResumeRefuses(t *testing.T) {
	data, dir := smallData(t), t.TempDir()
	run := func(args ...string) outcome {
		return call(t, append(strings.Fields("-epochs 1 -hidden 8 -quiet -data "+data+" -checkpoint "+dir), args...)...)
	}
	if o := run(); o.status != 0 {
		t.Fatal(o)
	}
	mustFail(t, run(), exitMisuse, "-resume")
	for _, flags := range []string{
		"-hidden 16", "-augment light", "-dropout 0.1", "-lr 0.01", "-optimizer sgd", "-seed 2", "-batch 50", "-ema 0.5", "-schedule cosine",
		"-validation 0.1", "-train-images 1000", "-l2 0.1", "-activation tanh",
	} {
		flag, _, _ := strings.Cut(flags, " ")
		if flag == "-optimizer" {
			flag = "-" // a parameter of it comes first
		}
		mustFail(t, run(append(strings.Fields(flags), "-resume")...), exitMisuse, "has "+flag)
	}
	other, err := loadMNIST()
	if err != nil {
		t.Fatal(err)
	}
	writeSet(t, data, "train", other.Train.Slice(1, smallTrain+1))
	mustFail(t, run("-resume"), exitMisuse, "-data "+data)
	writeSet(t, data, "train", other.Train.Slice(0, smallTrain))
	if o := run("-resume", "-batch", "32", "-lr", "0.001", "-tier", "generic"); o.status != 0 {
		t.Errorf("defaults that are given: %v", o)
	}

	for _, name := range []string{"step-0000000063.safetensors", identityName} {
		writeFile(t, filepath.Join(dir, name), []byte("{"))
		mustFail(t, run("-resume"), exitFailure, name)
	}
}

func TestResumeTellsWayAroundDamagedCheckpoint(t *testing.T) {
	dir := t.TempDir()
	flags := strings.Fields("-epochs 2 -hidden 8 -quiet -data " + smallData(t) + " -checkpoint " + dir)
	mustCall(t, flags...)
	flags = append(flags, "-resume")
	latest := filepath.Join(dir, "step-0000000126.safetensors")
	writeFile(t, latest, []byte("{"))
	mustFail(t, call(t, flags...), exitFailure, "without that file, -resume goes on from the checkpoint before")
	if err := os.Remove(latest); err != nil {
		t.Fatal(err)
	}
	mustCall(t, flags...)
}

// No other file takes the place of a checkpoint's.
func TestCheckpointKeepsItsFiles(t *testing.T) {
	dir := t.TempDir()
	flags := strings.Fields("-epochs 1 -hidden 8 -quiet -data " + smallData(t) + " -checkpoint " + dir)
	for _, flag := range []string{"-output", "-report"} {
		for _, name := range []string{identityName, "best.safetensors", "step-0000000063.safetensors"} {
			mustFail(t, call(t, append(flags, flag, filepath.Join(dir, name))...), exitMisuse, flag)
		}
	}
	mustCall(t, append(flags, "-output", filepath.Join(dir, "step-63.safetensors"))...)
}

func TestBadCheckpointFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, nil)
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		for _, resume := range []string{"-resume=false", "-resume"} {
			mustFail(t, call(t, "-data", smallData(t), "-checkpoint", dir, resume), exitFailure, "-checkpoint "+dir)
		}
	}
}

// A canceler is a writer that ends a context after so many writes.
type canceler struct {
	bytes.Buffer
	cancel context.CancelFunc
	left   int
}

func (w *canceler) Write(p []byte) (int, error) {
	if w.left--; w.left == 0 {
		w.cancel()
	}
	return w.Buffer.Write(p)
}

// TestInterruptAndResume breaks off a run with everything twice, and ends it.
func TestInterruptAndResume(t *testing.T) {
	flags := strings.Fields(everything + " -epochs 6 -json -data " + smallData(t))
	want, _ := weightsOf(t, flags...)
	flags = append(flags, "-checkpoint", t.TempDir(), "-resume")
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		stdout, stderr := canceler{cancel: cancel, left: 2}, bytes.Buffer{}
		status := run(ctx, append([]string{"mnist-fast"}, flags...), strings.NewReader(""), &stdout, &stderr)
		mustFail(t, outcome{status, stdout.String(), stderr.String()}, exitInterrupted, "the same flags and -resume")
	}
	if got, result := weightsOf(t, flags...); got != want || result["epochs"] != 6.0 {
		t.Errorf("%v, want weights %v", result, want)
	}
}

// TestSignalAndResume does it by Ctrl-C, in the middle of an epoch.
func TestSignalAndResume(t *testing.T) {
	data, dir := smallData(t), t.TempDir()
	flags := strings.Fields("-hidden 16 -dropout 0.1 -epochs 15 -json -data " + data)
	want, _ := weightsOf(t, flags...)
	flags = append(flags, "-checkpoint", dir)
	cmd, stdout, stderr := start(t, flags...)
	send(t, cmd, stdout, os.Interrupt)
	stdout.WriteTo(&bytes.Buffer{})
	cmd.Wait() // its error is the exit status, below
	mustFail(t, outcome{cmd.ProcessState.ExitCode(), "", stderr.String()}, exitInterrupted, "the same flags and -resume")
	got, result := weightsOf(t, append(flags, "-resume")...)
	if got != want || result["resumed_from"] == nil {
		t.Errorf("%v, want weights %v", result, want)
	}
}
