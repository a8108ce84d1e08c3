// Command peers measures our training and prediction beside those of PyTorch,
// ONNX Runtime and scikit-learn, where Python has them:
//
//	go run ./bench/peers                          # whatever python3 can import
//	go run ./bench/peers -python /opt/venv/bin/python3 -peers torch -o peers.txt
//	make bench-peers PEERS_ROOT=/srv/sid          # in a root of its own, GEMM too
//
// All have the same model (the reference, 784-256-128-10, unless -hidden says another;
// Adam), the same batches and as many threads. They take turns, round by round, each
// in a process of its own that keeps what it has prepared; the first round does not
// count. A training round is an epoch of MNIST, or of random pixels, reshuffled. A
// prediction round is some ms of calls; before any is measured, the peers' predictions
// with our weights must agree with ours. Peers predict with all their threads; of ours,
// Predict has help where that pays. Before each turn, the threads of the last one come
// to rest: of ours, prediction of 1,024 takes 4.9 ms beside them instead of 2.4.
//
// It prints tables in Markdown, of medians; -o writes all measurements in Go's
// benchmark format.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/kernels"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command(os.Stdout, os.Stderr).Run(ctx, os.Args)
	stop()
	switch {
	case errors.Is(err, errNone): // no failure: there is just nothing to compare with
		fmt.Fprintln(os.Stderr, "peers:", err)
	case err != nil:
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	python, peers   string
	workers, rounds int
	hidden          []int // units of the hidden layers
	input           string
	samples, batch  int           // of an epoch, of a step
	rest            time.Duration // before each turn
	out             string
	progress        io.Writer
}

// restTime is how long a turn waits for the threads of the last one, which look out for
// more work for a while and so take a processor from who is next.
const restTime = 200 * time.Millisecond

// What models learn: images, of which most pixels are dark, or as many random bytes.
const (
	digits = "mnist"
	random = "random"
)

func command(stdout, stderr io.Writer) *cli.Command {
	o := options{rest: restTime, progress: stderr}
	python := os.Getenv("BENCH_PEERS_PYTHON")
	if python == "" {
		python = "python3"
	}
	return &cli.Command{
		Name:            "peers",
		Usage:           "Measure training and prediction beside other libraries.",
		HideHelpCommand: true,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {}, // main exits
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "python", Value: python, Usage: "the Python that has the libraries; BENCH_PEERS_PYTHON is the default", Destination: &o.python},
			&cli.StringFlag{Name: "peers", Usage: "only these of " + strings.Join(peerNames(), ", ") + "; by default all that are there", Destination: &o.peers},
			&cli.IntFlag{Name: "workers", Value: runtime.GOMAXPROCS(0), Usage: "threads of each", Destination: &o.workers},
			&cli.IntFlag{Name: "rounds", Value: 5, Usage: "measurements of each", Destination: &o.rounds},
			&cli.IntSliceFlag{Name: "hidden", Value: []int{256, 128}, Usage: "units of each hidden layer", Destination: &o.hidden},
			&cli.StringFlag{Name: "input", Value: digits, Usage: "what to learn: " + digits + " or " + random + ", with no zeros to leave out", Destination: &o.input},
			&cli.IntFlag{Name: "samples", Value: trainSamples, Usage: "samples of an epoch", Destination: &o.samples},
			&cli.IntFlag{Name: "batch", Value: 32, Usage: "samples of a training step", Destination: &o.batch},
			&cli.StringFlag{Name: "o", Usage: "file for all measurements, in benchmark format", Destination: &o.out},
		},
		Action: func(ctx context.Context, _ *cli.Command) error { return o.run(ctx, stdout) },
	}
}

// run measures, prints the tables and writes the file.
func (o options) run(ctx context.Context, stdout io.Writer) error {
	if err := o.check(); err != nil {
		return err
	}
	ours, err := newOurs(o)
	if err != nil {
		return err
	}
	defer ours.close()
	dir, err := os.MkdirTemp("", "bench-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := ours.export(dir); err != nil {
		return err
	}
	others, err := o.start(ctx, dir)
	if err != nil {
		return err
	}
	defer closeAll(others)
	c := contest{options: o, contestants: append([]contestant{ours}, others...)}
	if err := c.hold(); err != nil {
		return err
	}
	c.print(stdout)
	return c.save()
}

func (o options) check() error {
	if slices.Min(slices.Concat(o.hidden, []int{o.workers, o.rounds, o.batch})) < 1 {
		return fmt.Errorf("%d workers, %d rounds, batches of %d, layers of %v: want at least 1", o.workers, o.rounds, o.batch, o.hidden)
	}
	if o.samples < o.batch || o.samples > trainSamples {
		return fmt.Errorf("%d samples: want a batch (%d) to %d", o.samples, o.batch, trainSamples)
	}
	if o.input != digits && o.input != random {
		return fmt.Errorf("input %q: want %s or %s", o.input, digits, random)
	}
	return nil
}

// sizes are the model's inputs and the units of its layers.
func (o options) sizes() []int { return slices.Concat([]int{784}, o.hidden, []int{10}) }

// modelName is as in 784-256-128-10.
func (o options) modelName() string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(o.sizes()), "[]"), " ", "-")
}

// save writes all measurements.
func (c *contest) save() error {
	if c.out == "" {
		return nil
	}
	f, err := os.Create(c.out)
	if err != nil {
		return err
	}
	machine.WriteUnits(f)
	machine.WriteConfig(f)
	for _, x := range c.contestants {
		fmt.Fprintf(f, "peer-%s: %s\n", x.name(), x.version())
	}
	return errors.Join(c.write(f, kernels.Best()), f.Close())
}
