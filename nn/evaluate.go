package nn

import "github.com/mnist-fast/mnist-fast/kernels"

// evalRows is the number of samples that a worker evaluates at a time.
const evalRows = 128

// An evaluator scores a model. Every worker scores batches of its own; the
// results are added in the order of the samples.
type evaluator struct {
	model   *Sequential
	team    *kernels.Team
	loss    objective
	penalty penalty
	flows   []*flow
	unused  []buffer // of each worker: the gradient that comes with a loss

	data Dataset
	rows [][]int // of each worker: the samples at hand

	sumPenalty, run func(rank int, k *kernels.Core)
}

func newEvaluator(m *Sequential, team *kernels.Team, loss objective) *evaluator {
	e := &evaluator{model: m, team: team, loss: loss, penalty: newPenalty(m)}
	for range team.Workers() {
		e.flows = append(e.flows, newSoloFlow(m, evalRows))
		e.unused = append(e.unused, newBuffer(evalRows, m.Outputs()))
		e.rows = append(e.rows, make([]int, evalRows))
	}
	e.run = e.work
	e.sumPenalty = func(rank int, k *kernels.Core) { e.penalty.sum(k, rank, team.Workers()) }
	return e
}

// evaluate scores samples begin to end-1.
func (e *evaluator) evaluate(d Dataset, begin, end int) Metrics {
	e.data = d
	e.team.Run(e.sumPenalty)
	penalty := e.penalty.total()
	var total metricSum
	for at := begin; at < end; {
		for rank := range e.rows {
			e.rows[rank] = e.rows[rank][:min(evalRows, end-at)]
			for i := range e.rows[rank] {
				e.rows[rank][i] = at
				at++
			}
		}
		e.team.Run(e.run)
		for _, f := range e.flows {
			total.add(f.sums(penalty))
		}
	}
	return total.mean()
}

func (e *evaluator) work(rank int, k *kernels.Core) {
	f := e.flows[rank]
	f.gather(k, e.data, e.rows[rank])
	f.forward(k, e.loss.fusesSoftmax())
	f.score()
	e.loss.lossAndGradient(k, f, e.unused[rank].mat(f.rows))
}
