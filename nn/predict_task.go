package nn

import (
	"context"
	"runtime"
	"sync/atomic"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A predictTask is a prediction that goroutines share out, a few rows at a time.
type predictTask struct {
	model   *Sequential
	tier    kernels.Tier
	ctx     context.Context
	dst     kernels.Mat
	x       Table
	rows    int         // of a part
	ended   atomic.Bool // the context was, before all parts were predicted
	crew    kernels.Crew
	predict func(part int) // a new one would be allocated
}

// What a goroutine must find to do at least, for others to be worth their waking, some
// 0.1 ms, or, where the crew is ready, their being told.
const (
	wakingFlops, wakingRows = 8 << 20, 32
	helperFlops, helperRows = 1 << 20, 4
)

// prediction returns a task that no other goroutine uses.
func (m *Sequential) prediction() (*predictTask, error) {
	if t, ok := m.predictions.Get().(*predictTask); ok {
		return t, nil
	}
	tier, err := kernels.Choose("")
	if err != nil {
		return nil, err
	}
	t := &predictTask{model: m, tier: tier}
	t.predict = t.predictPart
	return t, nil
}

// run predicts all rows.
func (t *predictTask) run(ctx context.Context, dst kernels.Mat, x Table) error {
	t.ctx, t.dst, t.x = ctx, dst, x
	t.ended.Store(false)
	defer t.forget()
	helpers := t.helpersFor(dst.Rows)
	t.rows = max(1, min(predictRows, (dst.Rows+helpers)/(helpers+1)))
	t.crew.Share((dst.Rows+t.rows-1)/t.rows, helpers, t.predict)
	if t.ended.Load() {
		return ctx.Err()
	}
	return nil
}

// forget drops what is not ours to keep.
func (t *predictTask) forget() { t.ctx, t.dst, t.x = nil, kernels.Mat{}, nil }

// helpersFor is the number of goroutines that pay, beside the caller's.
func (t *predictTask) helpersFor(rows int) int {
	work := 2 * float64(rows) * float64(len(t.model.weights))
	helpers := func(flops float64, least int) int {
		return max(1, min(runtime.GOMAXPROCS(0), rows/least, int(min(work/flops, 1<<10)))) - 1
	}
	woken, ready := helpers(wakingFlops, wakingRows), helpers(helperFlops, helperRows)
	if ready > woken && t.crew.Ready() {
		return ready
	}
	return woken
}

// predictPart predicts the rows of a part, unless the context is done.
func (t *predictTask) predictPart(part int) {
	if t.ctx.Err() != nil {
		t.ended.Store(true)
		return
	}
	p := t.model.predictor(t.tier)
	defer t.model.predictors.Put(p)
	begin := part * t.rows
	p.predict(t.dst, t.x, begin, min(begin+t.rows, t.dst.Rows))
}
