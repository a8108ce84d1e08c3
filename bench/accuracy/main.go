// Command accuracy trains as README.md says under "Train well", with several seeds,
// and records how accurate the models are on the test images:
//
//	go run ./bench/accuracy -o bench/baseline/accuracy.txt
//
// It takes an hour or so. The accuracies are the same on every machine, as all
// results are; the times, of runs with one worker, as many at once as there are
// processors, are not recorded.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

// An experiment is a way to train, by its flags.
type experiment struct{ name, flags string }

var experiments = []experiment{
	{"reference", ""},
	{"accurate", "-preset accurate"},
	{"simard", "-preset simard"},
	{"2000-images", "-train-images 2000 -epochs 200"},
	{"2000-images-small-data", "-train-images 2000 -preset small-data"},
}

const seeds = 5

// A result is what the command tells of a run.
type result struct {
	Accuracy float64 `json:"test_accuracy"`
	Weights  string  `json:"weights_sha256"`
}

func main() {
	output := flag.String("o", "", "write to this `file`")
	flag.Parse()
	if *output == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: accuracy -o FILE")
		os.Exit(2)
	}
	if err := run(*output); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func run(output string) error {
	folder, err := os.MkdirTemp("", "accuracy")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	command := filepath.Join(folder, "mnist-fast")
	if out, err := exec.Command("go", "build", "-o", command, "./cmd/mnist-fast").CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	lines := make([]string, len(experiments)*seeds)
	errs := make([]error, len(lines))
	places := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range places {
				lines[i], errs[i] = train(command, experiments[i/seeds], i%seeds+1)
				fmt.Fprint(os.Stderr, lines[i])
			}
		})
	}
	for i := range lines {
		places <- i
	}
	close(places)
	workers.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return os.WriteFile(output, []byte(header+strings.Join(lines, "")), 0o644)
}

const header = `Accuracy on the test images, of the runs that bench/accuracy makes.

Unit accuracy-% better=higher

`

// train makes a run and returns its line.
func train(command string, e experiment, seed int) (string, error) {
	args := append(strings.Fields(e.flags), "-workers", "1", "-quiet", "-json", "-seed", strconv.Itoa(seed))
	var out, errs bytes.Buffer
	c := exec.Command(command, args...)
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("mnist-fast %s: %w: %s", strings.Join(args, " "), err, &errs)
	}
	var r result
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return "", fmt.Errorf("mnist-fast %s: %w", strings.Join(args, " "), err)
	}
	return fmt.Sprintf("weights: %s\nBenchmarkAccuracy/run=%s/seed=%d 1 %.2f accuracy-%%\n", r.Weights, e.name, seed, 100*r.Accuracy), nil
}
