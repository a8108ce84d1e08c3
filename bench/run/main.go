// Command run measures what the repository has benchmarks of, and records it with
// the machine that it was measured on, in the format that benchstat reads:
//
//	go run ./bench/run -quick             # two minutes, ends with a table
//	go run ./bench/run -o bench.txt       # everything, 10 to 20 minutes
//	go run ./bench/run -record current    # the same, to bench/baseline/<cpu>/current.txt
//	go run ./bench/run -account           # where the time of a step goes, in three minutes
//	go run ./bench/run -table bench.txt   # the table of a recorded file
//
// The table compares plain Go with the best tier. For all tiers:
//
//	go tool benchstat -col /tier bench.txt
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/urfave/cli/v3"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/bench/internal/results"
	"github.com/mnist-fast/mnist-fast/kernels"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := command().Run(ctx, os.Args)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	quick         bool
	account       bool
	out, record   string
	table         string
	count         int
	benchtime     string
	progress, log io.Writer
}

func command() *cli.Command {
	o := options{progress: os.Stderr, log: os.Stdout}
	return &cli.Command{
		Name:            "run",
		Usage:           "Measure everything and record it.",
		HideHelpCommand: true,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "quick", Usage: "only what matters most, plain Go and the best tier", Destination: &o.quick},
			&cli.BoolFlag{Name: "account", Usage: "only where the time of a step goes, and how it grows", Destination: &o.account},
			&cli.StringFlag{Name: "o", Usage: "the file to write, by default bench.txt, or quick.txt with -quick, account.txt with -account", Destination: &o.out},
			&cli.StringFlag{Name: "record", Usage: "write to bench/baseline/<cpu>/NAME.txt: current, or a version", Destination: &o.record},
			&cli.StringFlag{Name: "table", Usage: "measure nothing, print the table of a file", Destination: &o.table},
			&cli.IntFlag{Name: "count", Usage: "measurements of each benchmark, by default 6, or 3 with -quick or -account", Destination: &o.count},
			&cli.StringFlag{Name: "benchtime", Usage: "time of a measurement, by default 200ms, or 50ms with -quick; those of -account take their own", Destination: &o.benchtime},
		},
		Action: func(ctx context.Context, _ *cli.Command) error { return o.run(ctx) },
	}
}

func (o options) run(ctx context.Context) error {
	if o.table != "" {
		return printTable(o.log, o.table)
	}
	o.setDefaults()
	if err := os.MkdirAll(filepath.Dir(o.out), 0o777); err != nil {
		return err
	}
	f, err := os.Create(o.out)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := errors.Join(o.measure(ctx, f), f.Close()); err != nil {
		return err
	}
	if !o.account { // which has nothing in plain Go
		if err := printTable(o.log, o.out); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(o.log, "\nrecorded in %s, in %.0f s\n", o.out, time.Since(start).Seconds())
	return err
}

func (o *options) setDefaults() {
	file, count, time := "bench.txt", 6, "200ms"
	switch {
	case o.quick:
		file, count, time = "quick.txt", 3, "50ms"
	case o.account:
		file, count, time = "account.txt", 3, "1x"
	}
	if o.record != "" {
		file = filepath.Join("bench", "baseline", machine.Slug(), o.record+".txt")
	}
	if o.out == "" {
		o.out = file
	}
	if o.count == 0 {
		o.count = count
	}
	if o.benchtime == "" {
		o.benchtime = time
	}
}

// A suite is benchmarks of a package, by a pattern of go test.
type suite struct{ pkg, pattern string }

// suites are what is measured. The patterns of the quick ones name a few cases in
// plain Go and on the best tier. What matters most comes last, where people look.
func (o options) suites() []suite {
	const micro, blas = "./kernels/internal/micro", "./kernels/blas"
	switch {
	case o.account:
		return []suite{{"./bench", "^Benchmark(StepAccount|Scaling)$"}}
	case !o.quick:
		return []suite{{"./bench", "^Benchmark(Gemm|Step|Epoch|Predict)$"}, {micro, "."}, {blas, "."}}
	}
	tiers := fmt.Sprintf("/tier=(%s|%s)$", results.Generic, kernels.Best())
	return []suite{
		{micro, "^BenchmarkVector$/kernel=" + tiers},
		{"./bench", "^BenchmarkGemm$" + tiers + "/m=(1|32|256|784)$/k=(784|256|32)$/n=(256|128)$/op=(nn|tn)/workers=1$" +
			"|^BenchmarkStep$/model=reference$/batch=32$/input=mnist" + tiers +
			"|^BenchmarkPredict$/model=reference$/batch=(1|32)$/input=mnist" + tiers},
	}
}

// measure writes the head of the file, and runs the suites one by one.
func (o options) measure(ctx context.Context, out io.Writer) error {
	fmt.Fprintln(o.progress, "looking at the machine")
	machine.WriteUnits(out)
	machine.WriteConfig(out)
	for i, s := range o.suites() {
		fmt.Fprintf(o.progress, "%d of %d: building and measuring %s\n", i+1, len(o.suites()), s.pkg)
		c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-timeout", "2h", "-bench", s.pattern,
			"-benchtime", o.benchtime, "-count", fmt.Sprint(o.count), s.pkg)
		c.Env = append(c.Environ(), "BENCH_CONFIG=off")
		c.Stdout, c.Stderr = out, o.progress
		if err := c.Run(); err != nil {
			return fmt.Errorf("benchmarks of %s: %w (see %s)", s.pkg, err, o.out)
		}
	}
	return nil
}
