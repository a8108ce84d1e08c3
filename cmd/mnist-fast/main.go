// Command mnist-fast trains a network that reads handwritten digits, in
// seconds, and uses it:
//
//	mnist-fast                                      # train on MNIST, which is built in
//	mnist-fast train -output digits.model           # the same, and keep the model
//	mnist-fast predict -model digits.model seven.png
//	mnist-fast eval -model digits.model -report digits.html
//	mnist-fast compare -plot optimizers.png         # which optimizer is best?
//	mnist-fast export -model digits.model -output digits.onnx
//	mnist-fast info                                 # what it makes of this machine
//
// mnist-fast -h and mnist-fast train -h tell the rest.
//
// What a command tells goes to standard output, for people or, with -json, in
// lines of JSON. An error is one line on standard error. The exit status is 0;
// 1 if something failed; 2 if the command was not used as it should be; 130 if
// training was interrupted.
//
// The way through the source: main.go runs a command and makes an exit status
// of its error; command.go and flags.go say how commands and flags are built on
// the command-line library; there is a file for each command; report.go says
// how a result becomes text or JSON.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// The exit statuses besides 0.
const (
	exitFailure     = 1
	exitMisuse      = 2
	exitInterrupted = 130 // as a shell has it for Ctrl-C
)

func main() {
	os.Exit(run(context.Background(), os.Args, os.Stdin, os.Stdout, os.Stderr))
}

// An app is one run of the program.
type app struct {
	start  time.Time
	stdin  io.Reader
	stdout *output
	stderr io.Writer
}

// run runs the command that the arguments name and returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{start: time.Now(), stdin: stdin, stdout: &output{w: stdout}, stderr: stderr}
	err := a.runCommand(ctx, args)
	if err == nil {
		err = a.stdout.err
	}
	if err != nil && err != errTold {
		a.complain(plain(err))
	}
	return exitStatus(err)
}

// runCommand turns a panic into an error: users should not read stack traces.
func (a *app) runCommand(ctx context.Context, args []string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return a.command().Run(ctx, args)
}

// errTold is the error of a command that has complained already.
var errTold = errors.New("told")

// complain writes one line about what went wrong.
func (a *app) complain(text string) {
	fmt.Fprintf(a.stderr, "mnist-fast: %s\n", strings.ReplaceAll(text, "\n", "; "))
}

// plain is the text of an error without the name of the package that it is
// from, which is nothing to users.
func plain(err error) string {
	text := err.Error()
	for _, name := range []string{"nn: ", "mnist: ", "digit: ", "onnx: ", "gosource: "} {
		text = strings.TrimPrefix(text, name)
	}
	return text
}

func exitStatus(err error) int {
	var wrong misuse
	var noTopic cli.ExitCoder // the library's own, of "help" with an unknown word
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case errors.As(err, &wrong), errors.As(err, &noTopic):
		return exitMisuse
	}
	return exitFailure
}

// An output is a writer that keeps its first error: the command-line library
// drops those of the help that it prints.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	o.err = err
	return n, err
}
