package nn_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
)

// The program that is killed is this test's, started again with these.
const (
	killedDirEnv     = "NN_TEST_CHECKPOINTS"
	killedWorkersEnv = "NN_TEST_WORKERS"
)

// TestKilledRun is the program: it trains, or goes on, and prints what came out.
func TestKilledRun(t *testing.T) {
	dir := os.Getenv(killedDirEnv)
	if dir == "" {
		t.Skip("only for TestKill")
	}
	workers, err := strconv.Atoi(os.Getenv(killedWorkersEnv))
	if err != nil {
		t.Fatal(err)
	}
	data := pictures(200, 30, 3)
	trainer := killedTrainer(t, dir, workers)
	history := fit(t, trainer, data, nn.FitConfig{
		Epochs: 6, Seed: 5, ValidationSplit: 0.1,
		Callbacks: []nn.Callback{
			nn.ReduceLROnPlateau{Monitor: nn.ValLoss, Factor: 0.7, Patience: 1},
			nn.EarlyStopping{Monitor: nn.ValLoss, Patience: 5, RestoreBest: true},
		},
		Checkpoint: nn.Checkpoint{Dir: dir, EverySteps: 5, Keep: 2, Best: true},
	})
	text, err := json.Marshal(withoutTimes(history))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("ended: %d epochs, model %s, trainer %x, history %x\n",
		len(history), trainer.Model().SHA256(), sha256.Sum256(save(t, trainer)), sha256.Sum256(text))
}

// killedTrainer goes on from the latest checkpoint, or begins.
func killedTrainer(t *testing.T, dir string, workers int) *nn.Trainer {
	t.Helper()
	config := nn.Config{BatchSize: 16, Workers: workers}
	path, err := nn.LatestCheckpoint(dir)
	if err == nil {
		return resume(t, path, config)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	m := newModel(t, 30, nn.Dense{Units: 40, Activation: nn.ReLU}, nn.Dense{Units: 3, Activation: nn.Softmax, L2: 0.001})
	return newTrainer(t, m, config)
}

// runUntil runs the program and kills it, as kill -9 does, unless it ends first.
// It returns what it printed when it ended, and "" if it was killed.
func runUntil(t *testing.T, dir string, workers int, limit time.Duration) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestKilledRun$")
	cmd.Env = append(os.Environ(), killedDirEnv+"="+dir, killedWorkersEnv+"="+strconv.Itoa(workers))
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil && err != nil {
		return ""
	}
	ended, _, ok := strings.Cut(string(out), "\n")
	if err != nil || !ok || !strings.HasPrefix(ended, "ended: ") {
		t.Fatalf("%v: %s", err, out)
	}
	return ended
}

// A run that is killed at random points, and goes on from its latest checkpoint
// each time, ends in the bits of one that is not.
func TestKill(t *testing.T) {
	if err := exec.Command(os.Args[0], "-test.run=^$").Run(); err != nil {
		t.Skip("needs to start itself: ", err)
	}
	kills := 20
	if testing.Short() {
		kills = 3
	}
	begin := time.Now()
	want := runUntil(t, t.TempDir(), 1, time.Minute)
	took := time.Since(begin)
	t.Logf("%s; %v uninterrupted", want, took)
	random := rand.New(rand.NewPCG(uint64(begin.UnixNano()), 0))
	for _, workers := range []int{1, 2} {
		for run, killed := 0, 0; killed < kills; run++ {
			dir := filepath.Join(t.TempDir(), strconv.Itoa(run))
			killed += killUntilDone(t, dir, workers, want, func() time.Duration {
				return time.Duration(random.Int64N(int64(took)))
			})
		}
	}
}

// killUntilDone goes on with a run until it ends, and returns how often it was
// killed.
func killUntilDone(t *testing.T, dir string, workers int, want string, random func() time.Duration) int {
	t.Helper()
	for killed := 0; ; killed++ {
		limit := random()
		if killed >= 20 {
			limit = time.Minute
		}
		got := runUntil(t, dir, workers, limit)
		if got == "" {
			continue
		}
		if got != want {
			t.Errorf("%d workers, killed %d times: %s\nwant %s", workers, killed, got, want)
		}
		if entries := names(t, dir); len(entries) != 3 { // two, and the best
			t.Errorf("%d workers, killed %d times: files %q", workers, killed, entries)
		}
		return killed
	}
}
