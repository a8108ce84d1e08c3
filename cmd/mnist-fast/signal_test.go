package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
)

// start starts the program as a process of its own.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, stdout *bufio.Reader, stderr *bytes.Buffer) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no way to send another program the signal of Ctrl-C alone")
	}
	cmd = exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), asMainEnv+"=1")
	stderr = &bytes.Buffer{}
	cmd.Stderr = stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, bufio.NewReader(pipe), stderr
}

// send sends a signal after the next line of output.
func send(t *testing.T, cmd *exec.Cmd, stdout *bufio.Reader, s os.Signal) {
	t.Helper()
	if _, err := stdout.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// TestSignal checks that a signal ends training and that the model is saved.
func TestSignal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digits.model")
	cmd, stdout, stderr := start(t, "-data", smallData(t), "-epochs", "1000000", "-hidden", "16", "-json", "-output", file)
	send(t, cmd, stdout, os.Interrupt)
	rest, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the exit status, below
	mustFail(t, outcome{cmd.ProcessState.ExitCode(), string(rest), stderr.String()}, exitInterrupted, "interrupted")
	lines := jsonLines(t, string(rest))
	if result := lines[len(lines)-1]; result["interrupted"] != true || result["model"] != file {
		t.Errorf("result %v: want it to tell of the interrupt and the model", result)
	}
	if _, err := nn.LoadFile(file); err != nil {
		t.Error(err)
	}
}

// TestSignalCompare checks that a signal ends a comparison and that the runs that
// are complete are kept.
func TestSignalCompare(t *testing.T) {
	picture := filepath.Join(t.TempDir(), "c.svg")
	cmd, stdout, stderr := start(t, "compare", "-data", smallData(t), "-optimizer", "adam,sgd", "-seeds", "1000000", "-epochs", "1", "-hidden", "16", "-json", "-plot", picture)
	send(t, cmd, stdout, os.Interrupt)
	rest, err := io.ReadAll(stdout)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the exit status, below
	mustFail(t, outcome{cmd.ProcessState.ExitCode(), string(rest), stderr.String()}, exitInterrupted, "interrupted")
	lines := jsonLines(t, string(rest))
	summary, result := lines[len(lines)-2], lines[len(lines)-1]
	if summary["setting"] != "adam" || summary["runs"].(float64) < 1 || result["interrupted"] != true || result["best"] != "adam" {
		t.Errorf("summary %v, result %v", summary, result)
	}
	if _, err := os.Stat(picture); err != nil {
		t.Error(err)
	}
}

// TestSecondSignal checks that a second signal does not wait for a batch that
// takes long.
func TestSecondSignal(t *testing.T) {
	cmd, stdout, _ := start(t, "-data", smallData(t), "-optimizer", "gd", "-hidden", "4096,4096", "-tier", "generic")
	const gap = 300 * time.Millisecond // the first signal has been seen by then
	time.Sleep(gap)
	send(t, cmd, stdout, syscall.SIGTERM)
	time.Sleep(gap)
	begin := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait() // its error is the exit status, below
	if took := time.Since(begin); cmd.ProcessState.ExitCode() != -1 || took > 3*time.Second {
		t.Errorf("%v after %v: want it to end by the signal, at once", cmd.ProcessState, took)
	}
}
