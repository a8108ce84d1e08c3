package nn

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A Checkpoint says when Fit saves all that it takes to go on, should the
// program end before it is done: with LatestCheckpoint and ResumeTrainer, to
// the same bits.
//
// There are files step-….safetensors, named for the trainer's steps. Each is
// whole, whenever the program is killed, and is a model file as well, which Load
// and LoadTrainer read. One is written at the end of Fit, too, and when its
// context is done.
type Checkpoint struct {
	Dir         string // a folder for this run alone, made if need be; "": no checkpoints
	EverySteps  int    // 0: only between epochs
	EveryEpochs int    // 0: none of them, or, if there are no EverySteps, each
	Keep        int    // the newest to keep; 0: 3

	Best    bool    // keep that of the best epoch, too, as best.safetensors
	Monitor Monitor // what it is best by
}

const (
	stepPattern = "step-%010d.safetensors"
	bestName    = "best.safetensors"
)

// validate fails if a setting is not valid.
func (c Checkpoint) validate(validation bool) error {
	if c.Dir == "" && c != (Checkpoint{}) {
		return errors.New("nn: checkpoints: no folder")
	}
	if c.EverySteps < 0 || c.EveryEpochs < 0 || c.Keep < 0 {
		return fmt.Errorf("nn: checkpoints every %d steps and %d epochs, %d kept: want at least 0", c.EverySteps, c.EveryEpochs, c.Keep)
	}
	if c.Best {
		if err := c.Monitor.validate(validation); err != nil {
			return fmt.Errorf("nn: checkpoints: %w", err)
		}
	}
	return nil
}

// open makes the folder and removes what writing left when it was killed. It
// fails if another run's checkpoints are there, which could be taken for this
// one's.
func (c Checkpoint) open(resumed bool, step int) error {
	if c.Dir == "" {
		return nil
	}
	if err := os.MkdirAll(c.Dir, 0o777); err != nil {
		return err
	}
	entries, err := os.ReadDir(c.Dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, isStep := stepOf(e.Name()); isStep && !resumed {
			return fmt.Errorf("nn: checkpoints: %s has %s of another run: go on with it, or take another folder", c.Dir, e.Name())
		}
		if target, temporary := ofTemp(e.Name()); temporary && IsCheckpoint(target) {
			if err := os.Remove(filepath.Join(c.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return c.prune(step)
}

// IsCheckpoint reports whether a file of that name would be taken for a checkpoint, or
// replaced by one.
func IsCheckpoint(name string) bool {
	_, isStep := stepOf(name)
	return isStep || name == bestName
}

// stepOf is the step that a checkpoint is named for.
func stepOf(name string) (step int, ok bool) {
	_, err := fmt.Sscanf(name, stepPattern, &step)
	return step, err == nil && name == fmt.Sprintf(stepPattern, step)
}

// checkpoints returns the steps of the checkpoints in a folder, ascending.
func checkpoints(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	var steps []int
	for _, e := range entries { // by name, and so by step
		if step, ok := stepOf(e.Name()); ok {
			steps = append(steps, step)
		}
	}
	return steps, err
}

func stepPath(dir string, step int) string { return filepath.Join(dir, fmt.Sprintf(stepPattern, step)) }

// LatestCheckpoint returns the path of the newest checkpoint in a folder. If
// there is none, or no folder, the error is fs.ErrNotExist.
func LatestCheckpoint(dir string) (string, error) {
	steps, err := checkpoints(dir)
	if err != nil {
		return "", err
	}
	if len(steps) == 0 {
		return "", fmt.Errorf("no checkpoint in %s: %w", dir, fs.ErrNotExist)
	}
	return stepPath(dir, steps[len(steps)-1]), nil
}

// stepDue reports whether there is to be a checkpoint after this step.
func (r *run) stepDue() bool {
	every := r.config.Checkpoint.EverySteps
	return every > 0 && r.t.step.batches()%every == 0
}

// epochDue reports whether there is to be a checkpoint after that epoch.
func (r *run) epochDue(epoch int) bool {
	c := r.config.Checkpoint
	every := c.EveryEpochs
	if every == 0 && c.EverySteps == 0 {
		every = 1
	}
	return every > 0 && epoch%every == 0 || r.stepDue() || r.stopped || epoch >= r.config.Epochs
}

// saveEpoch saves what is due after an epoch.
func (r *run) saveEpoch(e Epoch) error {
	c := r.config.Checkpoint
	if c.Best {
		if x := c.Monitor.of(e); c.Monitor.better(x, r.best, 0) {
			r.best = number(x)
			if err := r.save(filepath.Join(c.Dir, bestName)); err != nil {
				return err
			}
		}
	}
	if r.epochDue(e.Epoch) {
		return r.saveStep()
	}
	return nil
}

// saveStep saves a checkpoint, if there are any, and removes those that are too
// old.
func (r *run) saveStep() error {
	c, now := r.config.Checkpoint, r.t.step.batches()
	if c.Dir == "" {
		return nil
	}
	if err := r.save(stepPath(c.Dir, now)); err != nil {
		return err
	}
	return c.prune(now)
}

// prune removes all but the newest checkpoints up to a step. Those of later
// steps, of a run that went on from an earlier one, stay.
func (c Checkpoint) prune(now int) error {
	steps, err := checkpoints(c.Dir)
	if err != nil {
		return err
	}
	keep := c.Keep
	if keep == 0 {
		keep = 3
	}
	for i := 0; i+keep < len(steps) && steps[i+keep] <= now; i++ {
		if err := os.Remove(stepPath(c.Dir, steps[i])); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) save(path string) error {
	text, tensors := r.text()
	err := writeFile(path, func(w io.Writer) error { return r.t.save(w, text, tensors) })
	if err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	r.log.Info("saved checkpoint", "file", path, "step", r.t.step.batches())
	return nil
}
