package nn_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

func TestCheckpointsKeepTheNewest(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "new folder [*]")
	data, config := savedRun(dir)
	config.Epochs, config.Callbacks = 4, nil
	fit(t, savedTrainer(t, 1), data, config)
	want := []string{"best.safetensors", "step-0000000015.safetensors", "step-0000000016.safetensors"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
	if path := latest(t, dir); filepath.Base(path) != want[2] {
		t.Errorf("the latest is %s", path)
	}
}

func TestFitRefusesAFolderOfAnotherRun(t *testing.T) {
	dir := t.TempDir()
	data, config := savedRun(dir)
	config.Epochs = 1
	fit(t, savedTrainer(t, 1), data, config)
	_, err := savedTrainer(t, 1).Fit(context.Background(), data, config)
	if err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("error %v", err)
	}
}

// What a killed writer left goes; what is somebody else's stays.
func TestFitRemovesLeftovers(t *testing.T) {
	dir := t.TempDir()
	mine := []string{"notes.txt", ".hidden.tmp1", "step-12.safetensors"}
	for _, name := range append([]string{".step-0000000003.safetensors.tmp0a1b2c3d", ".best.safetensors.tmp00000000"}, mine...) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half a"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data, config := savedRun(dir)
	config.Epochs, config.Checkpoint.Keep = 1, 1
	fit(t, savedTrainer(t, 1), data, config)
	want := append(mine, "best.safetensors", "step-0000000004.safetensors")
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

func TestLatestCheckpointWhereThereIsNone(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := nn.LatestCheckpoint(d); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), d) {
			t.Errorf("%s: error %v", d, err)
		}
	}
}

// A checkpoint is a model with a trainer as well; these are no checkpoint.
func TestCheckpointAndTrainerFiles(t *testing.T) {
	dir := t.TempDir()
	data, config := savedRun(dir)
	config.Epochs = 2
	trainer := savedTrainer(t, 1)
	fit(t, trainer, data, config)
	file, err := os.ReadFile(latest(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	load(t, file)
	loadTrainer(t, file, nn.Config{})

	path := filepath.Join(dir, "trainer")
	if err := trainer.SaveFile(path); err != nil {
		t.Fatal(err)
	}
	_, err = nn.ResumeTrainer(path, nn.Config{})
	requireErrFormat(t, err)
	if err != nil && !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}
