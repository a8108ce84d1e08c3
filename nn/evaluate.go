package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// evalRows is the number of samples that are evaluated together.
const evalRows = 512

// An evaluator scores a model, all workers each on some of the samples.
type evaluator struct {
	*pass
	team    *kernels.Team
	loss    Loss
	penalty penalty
	unused  kernels.Mat // the gradient that comes with a loss

	data Dataset
	rows []int
	run  func(rank int, k *kernels.Core)
}

func newEvaluator(m *Sequential, team *kernels.Team, loss Loss) *evaluator {
	e := &evaluator{
		pass: newPass(m, evalRows), team: team, loss: loss, penalty: newPenalty(m),
		unused: kernels.NewMat(evalRows, m.Outputs()), rows: make([]int, evalRows),
	}
	e.run = e.work
	return e
}

// evaluate scores samples begin to end-1.
func (e *evaluator) evaluate(d Dataset, begin, end int) Metrics {
	e.data = d
	var total metricSum
	for at := begin; at < end; at += evalRows {
		e.rows = e.rows[:min(evalRows, end-at)]
		for i := range e.rows {
			e.rows[i] = at + i
		}
		e.team.Run(e.run)
		total.add(e.sums(len(e.rows), e.penalty.total()))
	}
	return total.mean()
}

func (e *evaluator) work(rank int, k *kernels.Core) {
	e.penalty.sum(k, rank, e.team.Workers())
	lo, hi := kernels.Share(len(e.rows), 1, rank, e.team.Workers())
	if lo == hi {
		return
	}
	e.gather(k, e.data, e.rows, lo, hi)
	e.forward(k, lo, hi, e.loss.fusesSoftmax())
	e.score(lo, hi)
	e.loss.lossAndGradient(k, e.losses[lo:hi], rowsOf(e.unused, lo, hi), e.output(lo, hi),
		rowsOf(e.targets, lo, hi), e.model.outputActivation(), len(e.rows))
}

// Metrics is what a model scores on some samples.
type Metrics struct {
	Loss     float64 // mean over the samples, with penalties
	Accuracy float64 // share of samples that were right
	Samples  int
}

// A metricSum adds up the metrics of batches.
type metricSum struct {
	loss          float64
	hits, samples int
}

func (s *metricSum) add(b metricSum) {
	s.loss += b.loss
	s.hits += b.hits
	s.samples += b.samples
}

func (s metricSum) mean() Metrics {
	n := float64(max(1, s.samples))
	return Metrics{Loss: s.loss / n, Accuracy: float64(s.hits) / n, Samples: s.samples}
}
