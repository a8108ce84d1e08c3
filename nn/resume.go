package nn

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"reflect"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A fitText is where a run stands, in the metadata of a checkpoint. The epochs
// behind, and the weights that callbacks remember, are tensors.
type fitText struct {
	Run       identity           `json:"run"`
	Epoch     int                `json:"epoch"`   // at hand
	Batch     int                `json:"batches"` // of it that are done
	Loss      number             `json:"loss"`    // sum over the epoch's samples so far
	Hits      int                `json:"hits"`
	Samples   int                `json:"samples"`
	Seconds   number             `json:"seconds"`
	Stopped   bool               `json:"stopped"`
	Best      number             `json:"best"`
	Callbacks list[callbackText] `json:"callbacks,omitempty"`
}

type callbackText struct {
	Settings string `json:"settings"`
	memory
}

// An identity tells runs apart: it must be the same when one goes on.
type identity struct {
	Samples      int    `json:"samples"`
	Validation   int    `json:"validation_samples"`
	Targets      string `json:"targets_sha256"`
	InitialEpoch int    `json:"initial_epoch"`
	Seed         uint64 `json:"seed"`
	NoShuffle    bool   `json:"no_shuffle"`
	Best         string `json:"best_by"`
}

// A savedFit is what a checkpoint has of a run.
type savedFit struct {
	fitText
	history History
}

// The tensors of a run, besides those of its model and optimizer.
const (
	fitPrefix   = "fit."
	historyName = fitPrefix + "history"
)

func callbackPrefix(i int) string { return fmt.Sprintf("%scallback_%d.", fitPrefix, i+1) }

// identify reads some of the targets, evenly spread, to tell data sets of one
// shape apart. It leaves the samples alone, which may be made anew each time that
// they are read.
func (r *run) identify() identity {
	const most, mostNumbers = 1000, 1 << 20
	n, width := len(r.order), r.data.Y.Width()
	rows := make([]int, min(n, most, max(1, mostNumbers/max(1, width))))
	for i := range rows {
		rows[i] = n / len(rows) * i
	}
	targets := kernels.NewMat(len(rows), width)
	r.t.team.Run(func(rank int, k *kernels.Core) {
		if rank == 0 {
			r.data.Y.Gather(k, targets, rows)
		}
	})
	h := sha256.New()
	writeFloats(h, targets.Data) // a hash takes everything
	held, from := r.held()
	id := identity{
		Samples: n, Validation: held.X.Len() - from, Targets: hex.EncodeToString(h.Sum(nil)),
		InitialEpoch: r.config.InitialEpoch, Seed: r.config.Seed, NoShuffle: r.config.NoShuffle,
	}
	if r.config.Checkpoint.Best {
		id.Best = r.config.Checkpoint.Monitor.String()
	}
	return id
}

// requireSame fails unless the run is the one that the checkpoint is of.
func (saved identity) requireSame(now identity) error {
	for _, x := range []struct {
		what       string
		saved, now any
	}{
		{"samples to train on", saved.Samples, now.Samples},
		{"samples to validate on", saved.Validation, now.Validation},
		{"targets of SHA-256", saved.Targets, now.Targets},
		{"an initial epoch of", saved.InitialEpoch, now.InitialEpoch},
		{"a seed of", saved.Seed, now.Seed},
		{"NoShuffle of", saved.NoShuffle, now.NoShuffle},
		{"a best epoch by", saved.Best, now.Best},
	} {
		if x.saved != x.now {
			return fmt.Errorf("nn: the checkpoint is of another run: it has %s %v, this one %v", x.what, x.saved, x.now)
		}
	}
	return nil
}

// text is where the run stands.
func (r *run) text() (*fitText, []tensor) {
	f := &fitText{
		Run: r.identity, Epoch: r.epoch, Batch: r.batch,
		Loss: number(r.total.loss), Hits: r.total.hits, Samples: r.total.samples,
		Stopped: r.stopped, Best: r.best,
	}
	if r.batch > 0 {
		f.Seconds = number(time.Since(r.begin).Seconds())
	}
	tensors := []tensor{r.history.tensor()}
	for i, k := range r.keepers() {
		m := k.memory()
		f.Callbacks = append(f.Callbacks, callbackText{k.settings(), *m})
		if m.Epoch > 0 {
			tensors = append(tensors, r.t.model.tensors(m.weights, callbackPrefix(i))...)
		}
	}
	return f, tensors
}

func (r *run) keepers() []keeper {
	var ks []keeper
	for _, h := range r.hooks {
		if k, ok := h.(keeper); ok {
			ks = append(ks, k)
		}
	}
	return ks
}

// resume puts the run where the checkpoint was made.
func (r *run) resume(f *savedFit) error {
	if err := f.Run.requireSame(r.identity); err != nil {
		return err
	}
	keepers := r.keepers()
	if len(keepers) != len(f.Callbacks) {
		return fmt.Errorf("nn: the checkpoint is of another run: it has %d callbacks, this one %d", len(f.Callbacks), len(keepers))
	}
	for i, k := range keepers {
		if saved := f.Callbacks[i]; saved.Settings != k.settings() {
			return fmt.Errorf("nn: the checkpoint is of another run: it has the callback %s, this one %s", saved.Settings, k.settings())
		}
	}
	if !r.mayHave(f.Samples) || f.Batch != r.batchesOf(f.Samples) {
		return fmt.Errorf("%w: %d samples in %d batches of an epoch", ErrFormat, f.Samples, f.Batch)
	}
	for i, k := range keepers {
		*k.memory() = f.Callbacks[i].memory
	}
	r.epoch, r.batch, r.history, r.stopped, r.best = f.Epoch, f.Batch, f.history, f.Stopped, f.Best
	r.total = metricSum{float64(f.Loss), f.Hits, f.Samples}
	r.begin = time.Now().Add(-time.Duration(float64(f.Seconds) * float64(time.Second)))
	return nil
}

// mayHave reports whether an epoch can have so many samples behind it. What a
// stream has is not known before.
func (r *run) mayHave(samples int) bool {
	n := len(r.order)
	return r.order == nil || samples == n || samples < n && samples%r.t.config.BatchSize == 0
}

// ResumeTrainer reads a checkpoint that Fit or FitStream made and returns a
// trainer whose next call of it, on the same data and with the same settings,
// goes on from there and ends as if the first had never been interrupted; only
// Epochs may be others. Workers and Tier come from c; its other settings, as far
// as they are not zero, must be those of the checkpoint. The model is
// Trainer.Model.
func ResumeTrainer(path string, c Config) (*Trainer, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := resumeTrainer(f, c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func resumeTrainer(r io.Reader, c Config) (*Trainer, error) {
	f, err := readModelFile(r)
	if err != nil {
		return nil, err
	}
	if f.fit == "" {
		return nil, fmt.Errorf("%w: a model, but no checkpoint of Fit", ErrFormat)
	}
	saved, err := decodeFit(f.model, f.fit, f.ofFit)
	if err != nil {
		return nil, fmt.Errorf("%w: fit: %w", ErrFormat, err)
	}
	t, err := f.trainer(c)
	if err != nil {
		return nil, err
	}
	if err := c.requireSame(t.config); err != nil {
		t.Close()
		return nil, err
	}
	t.saved = saved
	return t, nil
}

// requireSame fails if c has a setting, and the trainer another.
func (c Config) requireSame(of Config) error {
	differ := func(what string, saved, now any) error {
		return fmt.Errorf("nn: the checkpoint is of another run: it has %s %v, this one %v", what, saved, now)
	}
	if c.BatchSize != 0 && c.BatchSize != of.BatchSize {
		return differ("batches of", of.BatchSize, c.BatchSize)
	}
	if c.Loss != 0 && c.Loss != of.Loss {
		return differ("the loss", of.Loss, c.Loss)
	}
	// A callback may have changed the rate.
	if c.Optimizer != nil && c.Optimizer.withLearningRate(0) != of.Optimizer.withLearningRate(0) {
		return differ("the optimizer", fmt.Sprintf("%T%+v", of.Optimizer, of.Optimizer), fmt.Sprintf("%T%+v", c.Optimizer, c.Optimizer))
	}
	if s := unscaled(of.Schedule); c.Schedule != nil && !reflect.DeepEqual(unscaled(c.Schedule), s) {
		return differ("the schedule", fmt.Sprintf("%T%+v", s, s), fmt.Sprintf("%T%+v", c.Schedule, c.Schedule))
	}
	for _, x := range []struct {
		what       string
		saved, now any
	}{
		{"input dropout", of.InputDropout, c.InputDropout},
		{"a seed of dropout of", of.Seed, c.Seed},
		{"label smoothing", of.LabelSmoothing, c.LabelSmoothing},
		{"class weights", of.ClassWeights, c.ClassWeights},
		{"a clip value of", of.ClipValue, c.ClipValue},
		{"a clip norm of", of.ClipNorm, c.ClipNorm},
		{"a global clip norm of", of.GlobalClipNorm, c.GlobalClipNorm},
		{"accumulated steps", of.Accumulate, c.Accumulate},
		{"an EMA of", of.EMA, c.EMA},
	} {
		if !reflect.ValueOf(x.now).IsZero() && !reflect.DeepEqual(x.saved, x.now) {
			return differ(x.what, x.saved, x.now)
		}
	}
	return nil
}

// unscaled is a schedule as it was before a callback changed the rate.
func unscaled(s Schedule) Schedule {
	if scaled, ok := s.(Scaled); ok {
		return scaled.Of
	}
	return s
}

// decodeFit reads where a run stands.
func decodeFit(m *Sequential, text string, tensors []tensor) (*savedFit, error) {
	var f savedFit
	if err := json.Unmarshal([]byte(text), &f.fitText); err != nil {
		return nil, err
	}
	if len(tensors) == 0 || tensors[0].name != historyName {
		return nil, fmt.Errorf("no tensor %s", historyName)
	}
	var err error
	if f.history, err = decodeHistory(tensors[0], f.Run.InitialEpoch); err != nil {
		return nil, err
	}
	tensors = tensors[1:]
	for i := range f.Callbacks {
		mem, prefix := &f.Callbacks[i].memory, callbackPrefix(i)
		if mem.Epoch < 0 || mem.Wait < 0 || mem.Cooldown < 0 {
			return nil, fmt.Errorf("callback %d has counted below 0", i+1)
		}
		if mem.Epoch == 0 {
			continue
		}
		if err := checkTensors(m.inputs, m.layers, tensors, prefix); err != nil {
			return nil, err
		}
		mem.weights = make([]float32, len(m.weights))
		m.setTensors(mem.weights, tensors)
		tensors = tensors[2*len(m.layers):]
	}
	if len(tensors) > 0 {
		return nil, fmt.Errorf("tensor %q is one too many", tensors[0].name)
	}
	return &f, f.check()
}

// check fails if a number cannot be.
func (f *savedFit) check() error {
	id := f.Run
	switch {
	case id.InitialEpoch < 0 || id.InitialEpoch > maxSteps || f.Epoch-1 != id.InitialEpoch+len(f.history):
		return fmt.Errorf("epoch %d at hand after %d and %d", f.Epoch, id.InitialEpoch, len(f.history))
	case f.Batch < 0 || f.Batch > maxSteps || f.Hits < 0 || f.Hits > f.Samples:
		return fmt.Errorf("%d of %d samples right in %d batches", f.Hits, f.Samples, f.Batch)
	case !(math.Abs(float64(f.Seconds)) < maxSteps):
		return fmt.Errorf("%v seconds", float64(f.Seconds))
	}
	return nil
}
