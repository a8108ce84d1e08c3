package nn_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/internal/heap"
)

// Whatever a file has in it, Load returns a model or an error, and takes memory
// in proportion. A file with its checksum put right gets further.
func FuzzLoad(f *testing.F) {
	whole := trainedFile(f)
	f.Add(whole)
	f.Add(save(f, newModel(f, 1, nn.Dense{Units: 1})))
	f.Add(save(f, newModel(f, 2, savedLayers...)))
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, file []byte) {
		checkLoad(t, file)
		if s, ok := parse(file); ok {
			checkLoad(t, s.seal().bytes())
		}
	})
}

func checkLoad(t *testing.T, file []byte) {
	var m *nn.Sequential
	var err error
	used := heap.Allocated(func() { m, err = nn.Load(bytes.NewReader(file)) })
	if limit := uint64(1<<20 + 100*len(file)); used > limit {
		t.Errorf("a file of %d bytes took %d, want at most %d", len(file), used, limit)
	}
	if err == nil {
		requireSHA256(t, load(t, save(t, m)), m.SHA256())
	}
}

// Whatever a checkpoint has in it, a run goes on from it or is refused.
func FuzzResume(f *testing.F) {
	whole := checkpointFile(f)
	f.Add(whole)
	f.Add(trainedFile(f))
	f.Add(whole[:len(whole)/2])
	path := filepath.Join(f.TempDir(), "checkpoint")
	f.Fuzz(func(t *testing.T, file []byte) {
		checkResume(t, path, file)
		if s, ok := parse(file); ok {
			checkResume(t, path, s.seal().bytes())
		}
	})
}

func checkResume(t *testing.T, path string, file []byte) {
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	var trainer *nn.Trainer
	var err error
	heap.RequireTwice(t, len(file), heap.More, func() { trainer, err = nn.ResumeTrainer(path, nn.Config{Workers: 1}) })
	if err != nil {
		return
	}
	defer trainer.Close()
	data, config := savedRun("")
	config.Epochs, config.Checkpoint = 4, nn.Checkpoint{}
	history, _ := trainer.Fit(context.Background(), data, config)
	for i, e := range history {
		if e.Epoch != i+1 {
			t.Errorf("history %+v", history)
		}
	}
}
