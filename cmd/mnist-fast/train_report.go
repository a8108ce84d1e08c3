package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/mnist-fast/mnist-fast/cmd/mnist-fast/internal/page"
	"github.com/mnist-fast/mnist-fast/nn"
)

// A trainHead is what people see before training.
type trainHead struct{ *training }

func (s trainHead) text() string {
	var out table
	out.facts(s.facts())
	return out.String()
}

// facts are the settings, for people.
func (t *training) facts() []page.Fact {
	config := t.trainer.Config()
	facts := []page.Fact{
		{Name: "data", Value: fmt.Sprintf("%s: %d×%d pixels, %d classes", dataName(t.data), t.testSet.Height, t.testSet.Width, t.classes)},
		{Name: "images", Value: fmt.Sprintf("training %d, validation %d, test %d", t.trainSet.Len(), t.validationSet.Len(), t.testSet.Len())},
		{Name: "model", Value: describeModel(t.model)},
		{Name: "loss", Value: strings.Join(append([]string{t.loss.String()}, t.lossWords()...), " ")},
		{Name: "optimizer", Value: t.optimizer.name + " " + describeOptimizer(config.Optimizer)},
		{Name: "training", Value: fmt.Sprintf("epochs %d, batch %d, seed %d", t.epochs, config.BatchSize, t.seed)},
		{Name: "machine", Value: fmt.Sprintf("tier %v, workers %s", config.Tier, t.workersText(config.Workers))},
	}
	facts = append(facts, t.regularization.facts()...)
	if t.checkpoint != "" {
		facts = append(facts, page.Fact{Name: "checkpoint", Value: t.checkpointText()})
	}
	return facts
}

// workersText is how many workers there are, or may be.
func (t *training) workersText(n int) string {
	if t.workers == 0 && n > 1 {
		return fmt.Sprintf("up to %d", n)
	}
	return strconv.Itoa(n)
}

// An epochReport tells of an epoch.
type epochReport struct {
	Epoch            int     `json:"epoch"`
	Loss             number  `json:"loss"`
	Accuracy         number  `json:"accuracy"`
	ValLoss          *number `json:"val_loss,omitempty"`
	ValAccuracy      *number `json:"val_accuracy,omitempty"`
	Seconds          number  `json:"seconds"`
	SamplesPerSecond number  `json:"samples_per_second"`

	first bool // of those that are told
}

func newEpochReport(e nn.Epoch) epochReport {
	r := epochReport{
		Epoch: e.Epoch, Loss: number(e.Loss), Accuracy: number(e.Accuracy),
		Seconds: number(e.Seconds), SamplesPerSecond: number(float64(e.Samples) / e.Seconds),
	}
	if v := e.Validation; v != nil {
		loss, accuracy := number(v.Loss), number(v.Accuracy)
		r.ValLoss, r.ValAccuracy = &loss, &accuracy
	}
	return r
}

// text returns a line of a table of at most 60 columns; the first one comes with
// its head.
func (r epochReport) text() string {
	head := fmt.Sprintf("%5s %7s  %8s", "epoch", "loss", "accuracy")
	line := fmt.Sprintf("%5d %7.4f  %8s", r.Epoch, r.Loss, r.Accuracy.percent())
	if r.ValLoss != nil {
		head += fmt.Sprintf("  %8s  %8s", "val loss", "val acc.")
		line += fmt.Sprintf("  %8.4f  %8s", *r.ValLoss, r.ValAccuracy.percent())
	}
	head += fmt.Sprintf(" %7s %8s\n", "seconds", "images/s")
	line += fmt.Sprintf(" %7.2f %8.0f\n", r.Seconds, r.SamplesPerSecond)
	if !r.first {
		return line
	}
	return "\n" + head + line
}

// A trainResult tells of a training as a whole.
type trainResult struct {
	Epochs       int    `json:"epochs"` // that were completed
	Interrupted  bool   `json:"interrupted"`
	TestLoss     number `json:"test_loss"`
	TestAccuracy number `json:"test_accuracy"`
	TrainSeconds number `json:"train_seconds"` // with validation
	TotalSeconds number `json:"total_seconds"` // since the program began
	Tier         string `json:"tier"`
	Workers      int    `json:"workers"`
	Seed         uint64 `json:"seed"`
	Weights      string `json:"weights_sha256"`
	BestEpoch    int    `json:"best_epoch,omitempty"`   // whose weights these are, if training could stop early
	Resumed      string `json:"resumed_from,omitempty"` // the checkpoint
	Model        string `json:"model,omitempty"`        // the file, if it was saved
	Page         string `json:"report,omitempty"`       // idem

	Settings map[string]string `json:"settings"` // the flags that decide about the weights

	planned int  // epochs
	alone   bool // without anything told before
}

// result returns what is known when training ends.
func (t *training) result(h nn.History) trainResult {
	config := t.trainer.Config()
	r := trainResult{
		Epochs: len(h), Tier: config.Tier.String(), Workers: config.Workers, Seed: t.seed, Weights: t.model.SHA256(),
		Resumed: t.latest, Page: t.report, Settings: t.settings,
		planned: t.epochs, alone: t.quiet,
	}
	if t.patience > 0 {
		r.BestEpoch = bestEpoch(h)
	}
	return r
}

// bestEpoch returns the first epoch of the lowest validation loss, 0 if there is
// none.
func bestEpoch(h nn.History) int {
	best, lowest := 0, math.Inf(1)
	for _, e := range h {
		if e.Validation.Loss < lowest {
			best, lowest = e.Epoch, e.Validation.Loss
		}
	}
	return best
}

// facts are the result, for people.
func (r trainResult) facts() []page.Fact {
	var facts []page.Fact
	add := func(name, format string, args ...any) {
		facts = append(facts, page.Fact{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	if r.Interrupted || r.Epochs < r.planned {
		add("stopped", "with %d of %d epochs complete", r.Epochs, r.planned)
	}
	if r.BestEpoch > 0 {
		add("best", "epoch %d: its weights were kept", r.BestEpoch)
	}
	if math.IsNaN(float64(r.TestLoss)) {
		add("diverged", "the model is of no use: a lower -lr may help")
	}
	add("test", "loss %.4f, accuracy %s", r.TestLoss, r.TestAccuracy.percent())
	add("time", "%.2f s training, %.2f s in all", r.TrainSeconds, r.TotalSeconds)
	add("weights", "SHA-256 %s", r.Weights)
	return facts
}

func (r trainResult) text() string {
	var out table
	if !r.alone {
		out.WriteString("\n")
	}
	out.facts(r.facts())
	if r.Page != "" {
		out.row("report", "%s", r.Page)
	}
	if r.Model == "" {
		out.row("model", "not saved: -output FILE does that")
	} else {
		out.row("model", "saved; to use it:")
		fmt.Fprintf(&out, "  mnist-fast predict -model %s picture.png\n", r.Model)
	}
	return out.String()
}
