// Command compare tells whether a change made benchmarks slower:
//
//	go run ./bench/compare main                  # the working folder against main
//	go run ./bench/compare v1.0 v1.1             # one revision against another
//	go run ./bench/compare -list short HEAD~1    # what CI does, in one to three minutes
//
// It builds the benchmarks of both revisions and runs them in turn, in random
// order, for a number of rounds: the base, the base again, and the new revision.
// What the two runs of the base differ by is the noise of this machine now. While
// it is above 2 %, there are more rounds, up to three times as many.
//
// Each run measures a benchmark a few times, of which the fastest counts: what
// disturbs a program makes it slower, never faster. In a round all have the same
// processor, unless a name says workers=2 or more. A round's times are divided by
// the base's, so that a slow minute, which hits all of them, drops out. A benchmark
// has a regression if these ratios differ from those of the base to itself with
// p < 0.01 (Mann-Whitney U test), by more than 3 %, and by more than the noise:
// the 99 % confidence interval of the ratio of the base to itself. With many
// benchmarks some meet that by chance, so that those which do are measured once
// more, alone: what is found twice counts.
//
// The exit status is 1 if there is a regression; 2 if something could not be
// compared: no benchmark in common, a result that cannot be read, a revision that
// does not build, a benchmark that fails; else 0. A benchmark that one of the
// revisions does not have is reported, and is no failure: it may be meant so.
// On a machine that is too noisy to see 3 %, compare says what it could see.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v3"
)

// The exit statuses besides 0.
const (
	exitRegression = 1
	exitFailure    = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run runs the command and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := command(stdout, stderr).Run(ctx, args)
	if err != nil && err != errRegression { // which the report has told
		fmt.Fprintln(stderr, "compare:", err)
	}
	return exitStatus(err)
}

func exitStatus(err error) int {
	switch err {
	case nil:
		return 0
	case errRegression:
		return exitRegression
	}
	return exitFailure
}

func command(stdout, stderr io.Writer) *cli.Command {
	var o options
	return &cli.Command{
		Name:            "compare",
		Usage:           "Tell whether a change made benchmarks slower.",
		UsageText:       "compare [FLAGS] BASE [NEW]\n\nBASE and NEW are revisions of git; without NEW, the working folder is compared.",
		HideHelpCommand: true,
		Writer:          stdout,
		ErrWriter:       stderr,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {}, // run exits
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "list", Value: "long", Usage: "what to measure: short or long", Destination: &o.list},
			&cli.StringFlag{Name: "bench", Usage: "measure the benchmarks of -pkg that match, as for go test, instead of a list", Destination: &o.pattern},
			&cli.StringFlag{Name: "pkg", Value: "./bench", Usage: "the package of -bench", Destination: &o.pkg},
			&cli.IntFlag{Name: "rounds", Value: 20, Usage: "how often each revision is run, up to three times as often where noise calls for it", Destination: &o.rounds},
			&cli.IntFlag{Name: "count", Value: 15, Usage: "measurements in a run, of which the fastest counts", Destination: &o.count},
			&cli.StringFlag{Name: "benchtime", Value: "3ms", Usage: "time of a measurement", Destination: &o.benchtime},
			&cli.Uint64Flag{Name: "seed", Value: 1, Usage: "of the random order", Destination: &o.seed},
			&cli.StringFlag{Name: "base-tags", Usage: "build tags of BASE", Destination: &o.tags[0]},
			&cli.StringFlag{Name: "new-tags", Usage: "build tags of NEW", Destination: &o.tags[1]},
			&cli.StringFlag{Name: "save", Usage: "folder for base.txt, again.txt and new.txt, which benchstat reads", Destination: &o.save},
			&cli.BoolFlag{Name: "always", Usage: "measure even if both revisions build to the same bytes", Destination: &o.always},
		},
		Action: func(ctx context.Context, c *cli.Command) error {
			if n := c.Args().Len(); n < 1 || n > 2 {
				return errors.New("want one or two revisions (see -h)")
			}
			o.revisions = [2]string{c.Args().Get(0), c.Args().Get(1)}
			return o.compare(ctx, stdout)
		},
	}
}
