package main

import (
	"bufio"
	"bytes"
	"context"
	_ "embed" // for the scripts
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

var (
	//go:embed common.py
	commonScript string
	//go:embed peer_torch.py
	torchScript string
	//go:embed peer_onnxruntime.py
	onnxScript string
	//go:embed peer_sklearn.py
	sklearnScript string
)

// A peer is a library, and the script that uses it.
type peer struct {
	name, script     string
	trains, predicts bool
}

var peers = []peer{
	{"torch", commonScript + "COMPILED = False\n" + torchScript, true, true},
	{"torch-compiled", commonScript + "COMPILED = True\n" + torchScript, true, false},
	{"onnxruntime", commonScript + onnxScript, false, true},
	{"sklearn", commonScript + sklearnScript, true, false},
}

func peerNames() (names []string) {
	for _, p := range peers {
		names = append(names, p.name)
	}
	return names
}

// errNone says that there is nobody to compare with.
var errNone = errors.New("no peer is installed")

// start starts the peers that are wanted, or of all those that are there.
func (o options) start(ctx context.Context, dir string) (started []contestant, err error) {
	wanted := strings.FieldsFunc(o.peers, func(r rune) bool { return r == ',' })
	for _, name := range wanted {
		if !slices.Contains(peerNames(), name) {
			return nil, fmt.Errorf("no peer is called %q: want some of %s", name, strings.Join(peerNames(), ", "))
		}
	}
	for _, p := range peers {
		if len(wanted) > 0 && !slices.Contains(wanted, p.name) {
			continue
		}
		c, err := startPython(ctx, o, p, dir)
		switch {
		case err == nil:
			started = append(started, c)
		case len(wanted) > 0:
			closeAll(started)
			return nil, err
		default:
			fmt.Fprintln(o.progress, "left out:", err)
		}
	}
	if started == nil {
		return nil, fmt.Errorf("%w (Python: %s)", errNone, o.python)
	}
	return started, nil
}

// A python is a peer at work: it takes a command a line and answers with a number.
type python struct {
	peer
	about   string
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	stderr  bytes.Buffer
}

// startPython starts a peer and waits until it is ready.
func startPython(ctx context.Context, o options, p peer, dir string) (*python, error) {
	n := strconv.Itoa(o.workers)
	c := exec.CommandContext(ctx, o.python, "-c", p.script, dir, n, strconv.Itoa(o.batch), o.modelName())
	// numpy has its own threads, which get in the way of the library's.
	c.Env = append(c.Environ(), "OMP_NUM_THREADS="+n, "MKL_NUM_THREADS="+n, "OPENBLAS_NUM_THREADS=1")
	if !p.predicts && p.name == "sklearn" {
		c.Env = append(c.Env, "OPENBLAS_NUM_THREADS="+n) // which is what scikit-learn computes with
	}
	c.Dir = dir // where no file is called like a library
	x := &python{peer: p, command: c}
	c.Stderr = &x.stderr
	var err error
	if x.in, err = c.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	x.out = bufio.NewReader(out)
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	line, err := x.line()
	version, ok := strings.CutPrefix(line, "ready ")
	if err == nil && !ok {
		err = fmt.Errorf("%s said %q", p.name, line)
	}
	if err != nil {
		x.close()
		return nil, err
	}
	x.about = version
	return x, nil
}

// line reads a line, or says why there is none.
func (x *python) line() (string, error) {
	line, err := x.out.ReadString('\n')
	if err != nil {
		x.in.Close()
		x.command.Wait()
		last := strings.TrimSpace(x.stderr.String())
		return "", fmt.Errorf("%s: %s", x.peer.name, last[strings.LastIndexByte(last, '\n')+1:])
	}
	return strings.TrimSpace(line), nil
}

// ask sends a command and returns the number that is the answer.
func (x *python) ask(format string, args ...any) (float64, error) {
	if _, err := fmt.Fprintf(x.in, format+"\n", args...); err != nil {
		return 0, fmt.Errorf("%s: %w", x.peer.name, err)
	}
	line, err := x.line()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseFloat(line, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", x.peer.name, err)
	}
	return v, nil
}

func (x *python) name() string               { return x.peer.name }
func (x *python) version() string            { return x.about }
func (x *python) can() (train, predict bool) { return x.trains, x.predicts }
func (x *python) epoch() (float64, error)    { return x.ask("epoch") }
func (x *python) accuracy() (float64, error) { return x.ask("accuracy") }
func (x *python) predict(batch int) (float64, error) {
	return x.ask("predict %d", batch)
}
func (x *python) output(row, column int) (float64, error) {
	return x.ask("output %d %d", row, column)
}

// close ends the script.
func (x *python) close() {
	x.in.Close()
	x.command.Process.Kill()
	x.command.Wait()
}

func closeAll(list []contestant) {
	for _, x := range list {
		x.close()
	}
}
