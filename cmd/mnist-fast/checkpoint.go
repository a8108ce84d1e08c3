package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/mnist-fast/mnist-fast/nn/mnist"
	"github.com/urfave/cli/v3"
)

// incidental are the flags that change no weight, or are judged otherwise.
var incidental = []string{"help", "data", "preset", "workers", "tier", "output", "report", "json", "quiet", "checkpoint", "resume"}

// decisive returns the flags that decide about the weights, as the command line
// takes them.
func decisive(c *cli.Command) map[string]string {
	settings := map[string]string{}
	for _, f := range c.Flags {
		if name := f.Names()[0]; !slices.Contains(incidental, name) {
			settings[name] = fmt.Sprint(f.Get())
		}
	}
	return settings
}

// checkpoints says where checkpoints go, if anywhere.
func (t *training) checkpoints() nn.Checkpoint {
	if t.checkpoint == "" {
		return nn.Checkpoint{}
	}
	return nn.Checkpoint{Dir: t.checkpoint, Best: t.validationSet.Len() > 0}
}

// requireNoCheckpoint fails if a flag names a file that the checkpoints need.
func (o *trainOptions) requireNoCheckpoint(c *cli.Command, flag, name string) error {
	dir, base := filepath.Dir(name), filepath.Base(name)
	if o.checkpoint != "" && (nn.IsCheckpoint(base) || base == identityName) && sameFile(dir, o.checkpoint) {
		return misusef(c, "%s %s: -checkpoint has a file of that name", flag, name)
	}
	return nil
}

// openCheckpoints finds the checkpoint to go on from, or makes the folder.
func (t *training) openCheckpoints(c *cli.Command) error {
	if t.checkpoint == "" {
		return nil
	}
	latest, err := nn.LatestCheckpoint(t.checkpoint)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = t.newIdentity().write(t.checkpoint)
	case err == nil && !t.resume:
		return misusef(c, "-checkpoint %s: a run is there: -resume goes on with it; or take another folder", t.checkpoint)
	case err == nil:
		t.latest = latest
		return t.requireSame(c)
	}
	if err != nil {
		return fmt.Errorf("-checkpoint %s: %w", t.checkpoint, cause(err))
	}
	return nil
}

// resumeTrainer takes the model and its trainer from the latest checkpoint.
func (t *training) resumeTrainer(config nn.Config) (err error) {
	if t.trainer, err = nn.ResumeTrainer(t.latest, config); err != nil {
		return t.unresumed(err)
	}
	t.model = t.trainer.Model()
	return nil
}

// unresumed is the error of a checkpoint, with a way out where the file is damaged.
func (t *training) unresumed(err error) error {
	if errors.Is(err, nn.ErrFormat) {
		return fmt.Errorf("-resume: %w; without that file, -resume goes on from the checkpoint before it, if there is one", err)
	}
	return fmt.Errorf("-resume: %w", err)
}

// checkpointText tells where training begins.
func (t *training) checkpointText() string {
	switch {
	case t.latest != "":
		return "goes on from " + t.latest
	case t.resume:
		return t.checkpoint + " has none yet: from the beginning"
	}
	return t.checkpoint
}

// An identity tells runs apart: by flags, and of -data by a hash of the images.
type identity map[string]string

// identityName is its file, beside the checkpoints.
const identityName = "run.json"

func (t *training) newIdentity() identity {
	id := maps.Clone(identity(t.settings))
	id["data"] = t.dataHash()
	return id
}

func (t *training) dataHash() string {
	h := sha256.New()
	for _, s := range []mnist.Set{t.trainSet, t.validationSet} {
		h.Write(s.Images)
		h.Write(s.Labels)
	}
	return fmt.Sprintf("SHA-256 %x", h.Sum(nil))
}

func (id identity) write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	text, err := json.MarshalIndent(id, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, identityName), append(text, '\n'), 0o666)
}

// requireSame fails unless the checkpoints are of this run.
func (t *training) requireSame(c *cli.Command) error {
	name := filepath.Join(t.checkpoint, identityName)
	text, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("-resume: %s: %w", name, cause(err))
	}
	var saved identity
	if err := json.Unmarshal(text, &saved); err != nil {
		return fmt.Errorf("-resume: %s: %w", name, err)
	}
	for _, flag := range slices.Sorted(maps.Keys(t.settings)) {
		if flag == "epochs" && t.schedule == scheduleNames[0] {
			continue // there may be more of the same
		}
		if saved[flag] != t.settings[flag] {
			return misusef(c, "-resume: the run in %s has -%s %s, this one %s", t.checkpoint, flag, saved[flag], t.settings[flag])
		}
	}
	if saved["data"] != t.dataHash() {
		return misusef(c, "-resume: the run in %s has other images than -data %s", t.checkpoint, dataName(t.data))
	}
	return nil
}
