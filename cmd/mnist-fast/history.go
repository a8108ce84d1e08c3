package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/mnist-fast/mnist-fast/nn"
)

// readHistory reads the history of a model from what "train -json" wrote. It
// fails if that was another model.
func readHistory(name, weights string) (nn.History, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("-history %s: %w", name, cause(err))
	}
	defer f.Close()
	h, err := parseHistory(f, weights)
	if err != nil {
		return nil, fmt.Errorf("-history %s: %w", name, err)
	}
	return h, nil
}

// maxHistory is the size of a history of some 25,000 epochs.
const maxHistory = 4 << 20

// A historyLine is a line of train's JSON: an epoch, or the result at the end.
type historyLine struct {
	epochReport
	Weights string `json:"weights_sha256"`
}

// parseHistory reads epochs up to the result, which must be of those weights.
func parseHistory(r io.Reader, weights string) (nn.History, error) {
	var h nn.History
	limited := &io.LimitedReader{R: r, N: maxHistory}
	for d := json.NewDecoder(limited); ; {
		var line historyLine
		err := d.Decode(&line)
		switch {
		case limited.N == 0:
			return nil, fmt.Errorf("longer than %d MB", maxHistory>>20)
		case errors.Is(err, io.EOF):
			return nil, errors.New("the result of the training is missing at the end: want all that mnist-fast train -json wrote")
		case err != nil:
			return nil, fmt.Errorf("line %d: not what mnist-fast train -json writes: %w", len(h)+1, err)
		case line.Weights == weights:
			return h, nil
		case line.Weights != "":
			return nil, fmt.Errorf("it is of another model, with weights %.12s…, not %.12s…", line.Weights, weights)
		case line.Epoch < 1:
			return nil, fmt.Errorf("line %d: no epoch", len(h)+1)
		}
		h = append(h, line.epoch())
	}
}

// epoch is the inverse of newEpochReport.
func (r epochReport) epoch() nn.Epoch {
	e := nn.Epoch{Epoch: r.Epoch, Metrics: nn.Metrics{Loss: float64(r.Loss), Accuracy: float64(r.Accuracy)}, Seconds: float64(r.Seconds)}
	if r.ValLoss != nil && r.ValAccuracy != nil {
		e.Validation = &nn.Metrics{Loss: float64(*r.ValLoss), Accuracy: float64(*r.ValAccuracy)}
	}
	return e
}
