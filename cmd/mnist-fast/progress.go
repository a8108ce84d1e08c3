package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// redraw is the time from one drawing of the bar to the next.
const redraw = 100 * time.Millisecond

// A bar shows the progress of an epoch.
type bar struct {
	w     io.Writer
	title string                   // before the epoch
	bar   *progressbar.ProgressBar // nil between epochs
	drawn time.Time
}

// callbacks returns what shows progress on a terminal, and nothing elsewhere.
func (b *bar) callbacks() []nn.Callback {
	if !isTerminal(b.w) {
		return nil
	}
	return []nn.Callback{nn.LambdaCallback{OnBatchEnd: b.update, OnEpochEnd: func(nn.Epoch) error { b.clear(); return nil }}}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// update draws the bar anew, unless it was drawn just now or will be cleared.
func (b *bar) update(p nn.Progress) {
	if time.Since(b.drawn) < redraw || p.Batch == p.Batches {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(p.Batches, progressbar.OptionSetWriter(b.w),
			progressbar.OptionSetWidth(20), progressbar.OptionSetPredictTime(false))
	}
	b.bar.Set(p.Batch)
	b.bar.Describe(fmt.Sprintf("%sepoch %d/%d, loss %.4f", b.title, p.Epoch, p.Epochs, p.Loss))
	b.drawn = time.Now()
}

// clear makes room for other output.
func (b *bar) clear() {
	if b.bar != nil {
		b.bar.Clear()
		b.bar = nil
	}
}
