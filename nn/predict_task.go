package nn

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// A predictTask is a prediction that goroutines share out, a few rows at a time.
type predictTask struct {
	model   *Sequential
	ctx     context.Context
	dst     kernels.Mat
	x       Table
	rows    int          // that a goroutine takes at a time
	next    atomic.Int64 // row that nobody has taken
	helpers sync.WaitGroup
	failure atomic.Pointer[any] // the first panic of a helper
	help    func()              // the life of a helper; a new one would be allocated
}

// helperFlops is how much work makes up for waking a goroutine, some 0.1 ms, and
// helperRows how many rows it takes at least.
const (
	helperFlops = 8 << 20
	helperRows  = 32
)

func newPredictTask(m *Sequential) *predictTask {
	t := &predictTask{model: m}
	t.help = t.helper
	return t
}

// run predicts all rows. A panic of a helper is a panic of run.
func (t *predictTask) run(ctx context.Context, p *predictor, dst kernels.Mat, x Table) error {
	t.ctx, t.dst, t.x = ctx, dst, x
	t.next.Store(0)
	t.failure.Store(nil)
	helpers := t.helpersFor(dst.Rows)
	t.rows = min(predictRows, (dst.Rows+helpers)/(helpers+1))
	t.helpers.Add(helpers)
	for range helpers {
		go t.help()
	}
	defer t.forget()
	t.workAndWait(p)
	if f := t.failure.Load(); f != nil {
		panic(*f)
	}
	if t.next.Load() < int64(dst.Rows) {
		return ctx.Err()
	}
	return nil
}

// workAndWait waits even if a table panics.
func (t *predictTask) workAndWait(p *predictor) {
	defer t.helpers.Wait()
	t.work(p)
}

// forget drops what is not ours to keep.
func (t *predictTask) forget() { t.ctx, t.dst, t.x = nil, kernels.Mat{}, nil }

// helpersFor is the number of goroutines that pay, beside the caller's.
func (t *predictTask) helpersFor(rows int) int {
	work := 2 * float64(rows) * float64(len(t.model.weights)) / helperFlops
	return max(0, min(runtime.GOMAXPROCS(0), rows/helperRows, int(min(work, 1<<10)))-1)
}

// work predicts rows until all are taken.
func (t *predictTask) work(p *predictor) {
	for t.ctx.Err() == nil {
		end := int(t.next.Add(int64(t.rows)))
		begin := end - t.rows
		if begin >= t.dst.Rows {
			return
		}
		p.predict(t.dst, t.x, begin, min(end, t.dst.Rows))
	}
}

// helper works with a predictor of its own. Without one, the others do its part.
func (t *predictTask) helper() {
	defer t.helpers.Done()
	defer func() {
		if v := recover(); v != nil {
			failure := v // not v, or it would be allocated in any case
			t.failure.CompareAndSwap(nil, &failure)
		}
	}()
	if p, err := t.model.predictor(); err == nil {
		t.work(p)
		t.model.predictors.Put(p)
	}
}
