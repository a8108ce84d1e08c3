package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/bench/internal/results"
	"github.com/mnist-fast/mnist-fast/kernels"
)

// TestMain is also the Python of some tests, as FAKE_PYTHON says.
func TestMain(m *testing.M) {
	switch os.Getenv("FAKE_PYTHON") {
	case "works":
		fmt.Println("ready 1.2")
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			fmt.Println(len(in.Text()))
		}
	case "lacks":
		fmt.Fprintln(os.Stderr, "Traceback (most recent call last):\n  File x\nModuleNotFoundError: No module named 'torch'")
		os.Exit(1)
	case "talks":
		fmt.Println("hello")
	case "garbles":
		fmt.Println("ready 1\nno number")
	default:
		m.Run()
	}
}

func fakePython(t *testing.T, kind, wanted string) ([]contestant, error) {
	t.Setenv("FAKE_PYTHON", kind)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := options{python: self, peers: wanted, workers: 1, hidden: []int{256, 128}, batch: 32, progress: io.Discard}
	started, err := o.start(context.Background(), t.TempDir())
	t.Cleanup(func() { closeAll(started) })
	return started, err
}

func TestPython(t *testing.T) {
	started, err := fakePython(t, "works", "")
	if err != nil || len(started) != len(peers) || started[0].name() != "torch" || started[0].version() != "1.2" {
		t.Fatalf("%v, error %v", started, err)
	}
	for want, call := range map[float64]func() (float64, error){
		5:  started[0].epoch,
		8:  started[0].accuracy,
		10: func() (float64, error) { return started[0].predict(32) },
		11: func() (float64, error) { return started[0].output(5, 70) },
	} {
		if got, err := call(); got != want || err != nil {
			t.Errorf("%v, error %v, want %v", got, err, want)
		}
	}
}

// A peer that is not installed is left out, but not one that is asked for.
func TestPeersThatAreNotThere(t *testing.T) {
	if _, err := fakePython(t, "lacks", ""); !errors.Is(err, errNone) {
		t.Errorf("none: error %v", err)
	}
	if _, err := fakePython(t, "lacks", "torch"); err == nil || !strings.Contains(err.Error(), "No module named 'torch'") {
		t.Errorf("torch: error %v", err)
	}
	if _, err := fakePython(t, "talks", "sklearn"); err == nil || !strings.Contains(err.Error(), `said "hello"`) {
		t.Errorf("a peer that is no peer: error %v", err)
	}
	if _, err := fakePython(t, "works", "keras"); err == nil || !strings.Contains(err.Error(), `"keras"`) {
		t.Errorf("unknown peer: error %v", err)
	}
	started, err := fakePython(t, "garbles", "torch")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := started[0].epoch(); err == nil {
		t.Error("no number, no error")
	}
}

// A fake takes times that are told.
type fake struct {
	who             string
	seconds, answer float64
	trains          bool
	turns           int
}

func (f *fake) name() string                       { return f.who }
func (f *fake) version() string                    { return "0" }
func (f *fake) can() (train, predict bool)         { return f.trains, true }
func (f *fake) epoch() (float64, error)            { f.turns++; return f.seconds, nil }
func (f *fake) accuracy() (float64, error)         { return 0.98, nil }
func (f *fake) predict(int) (float64, error)       { return f.seconds / 1e6, nil }
func (f *fake) output(row, _ int) (float64, error) { return f.answer, nil }
func (f *fake) close()                             {}

func TestContest(t *testing.T) {
	a, b := &fake{who: "ours", seconds: 2, trains: true}, &fake{who: "b", seconds: 5}
	c := contest{options: options{rounds: 3, hidden: []int{8}, input: digits, samples: 60000, batch: 32, workers: 2, progress: io.Discard}, contestants: []contestant{a, b}}
	if err := c.hold(); err != nil {
		t.Fatal(err)
	}
	if a.turns != 4 || b.turns != 0 {
		t.Errorf("%d and %d turns, want 3 and one that does not count, and none", a.turns, b.turns)
	}
	var table, file strings.Builder
	c.print(&table)
	if want := "| prediction of 32 | b 0 | 5.000µs | 2.50 |"; !strings.Contains(table.String(), want) {
		t.Errorf("no %s in\n%s", want, &table)
	}
	if err := c.write(&file, kernels.Generic); err != nil {
		t.Fatal(err)
	}
	lines, err := results.Read(strings.NewReader(file.String()), "f")
	if err != nil || len(lines) != 3+len(predictBatches)*2*3 {
		t.Fatalf("%d lines, error %v\n%s", len(lines), err, &file)
	}
	if l := lines[0]; l.Name != "PeerEpoch/samples=60000/model=784-8-10/input=mnist/batch=32/peer=ours/tier=generic/workers=2" || l.Values["sec/op"] != 2 || l.Values["samples/s"] != 30000 || l.Values["accuracy-%"] != 98 {
		t.Errorf("%+v", l)
	}
	b.answer = 1e-3
	if err := c.hold(); err == nil || !strings.Contains(err.Error(), "b predicts 0.001") {
		t.Errorf("a wrong prediction: error %v", err)
	}
}

// Ours is a contestant like the others; what it exports is what it predicts with.
func TestOurs(t *testing.T) {
	x, err := newOurs(options{workers: 1, hidden: []int{256, 128}, samples: 60000, batch: 32})
	if err != nil {
		t.Fatal(err)
	}
	defer x.close()
	dir := t.TempDir()
	if err := x.export(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int64{"train-images": 60000 * 784, "t10k-labels": 10000, "kernel1": 4 * 256 * 128, "bias2": 40} {
		if info, err := os.Stat(dir + "/" + name); err != nil || info.Size() != want {
			t.Errorf("%s: %v, error %v, want %d bytes", name, info, err, want)
		}
	}
	if v, err := x.output(3, 4); err != nil || !(v > 0 && v < 1) {
		t.Errorf("output %v, error %v", v, err)
	}
	if v, err := x.predict(1); err != nil || !(v > 0) {
		t.Errorf("predict %v, error %v", v, err)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	good := options{workers: 1, rounds: 1, hidden: []int{2048, 30}, input: random, samples: 100, batch: 100}
	if err := good.check(); err != nil || good.modelName() != "784-2048-30-10" {
		t.Errorf("%s: %v", good.modelName(), err)
	}
	for about, change := range map[string]func(*options){
		"0 rounds":      func(o *options) { o.rounds = 0 },
		"[256 0]":       func(o *options) { o.hidden = []int{256, 0} },
		"99 samples":    func(o *options) { o.samples = 99 },
		"60001 samples": func(o *options) { o.samples = 60001 },
		`"noise"`:       func(o *options) { o.input = "noise" },
	} {
		o := good
		change(&o)
		if err := o.check(); err == nil || !strings.Contains(err.Error(), about) {
			t.Errorf("%s: error %v", about, err)
		}
	}
}

// Random input has no zeros to leave out, and is the same each time.
func TestRandomInput(t *testing.T) {
	if a := randomBytes(10000); bytes.IndexByte(a, 0) >= 0 || !bytes.Equal(a, randomBytes(10000)) || bytes.Count(a, a[:1]) == len(a) {
		t.Error("zeros, or other bytes, or the same byte again and again")
	}
}

// The scripts are Python, even where the libraries are not installed.
func TestScriptsCompile(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	for _, p := range peers {
		c := exec.Command(python, "-c", "import sys; compile(sys.stdin.read(), '"+p.name+"', 'exec')")
		c.Stdin = strings.NewReader(p.script)
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", p.name, err, out)
		}
	}
}
