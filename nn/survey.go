package nn

import (
	"context"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// surveyRows is the number of samples that a worker looks at at a time.
const surveyRows = 128

// A survey runs samples through a model and lets someone look at the outputs.
// Every worker has samples of its own.
type survey struct {
	model  *Sequential
	team   *kernels.Team
	logits bool // leave out the softmax
	flows  []*flow

	data Dataset
	rows [][]int // of each worker: the samples at hand
	look func(rank int, k *kernels.Core)
	run  func(rank int, k *kernels.Core)
}

func newSurvey(m *Sequential, team *kernels.Team, logits bool) *survey {
	s := &survey{model: m, team: team, logits: logits}
	for range team.Workers() {
		s.flows = append(s.flows, newSoloFlow(m, surveyRows))
		s.rows = append(s.rows, make([]int, surveyRows))
	}
	s.run = s.work
	return s
}

// each runs samples begin to end-1 through the model. look is called on every
// worker, which finds some of them in its flow; collect afterwards, for one flow
// after the other in the order of the samples. There may be none in the last
// flows.
func (s *survey) each(ctx context.Context, d Dataset, begin, end int, look func(rank int, k *kernels.Core), collect func(rank int)) error {
	s.data, s.look = d, look
	for at := begin; at < end; {
		if err := ctx.Err(); err != nil {
			return err
		}
		for rank := range s.rows {
			s.rows[rank] = s.rows[rank][:min(surveyRows, end-at)]
			for i := range s.rows[rank] {
				s.rows[rank][i] = at
				at++
			}
		}
		s.team.Run(s.run)
		for rank := range s.flows {
			collect(rank)
		}
	}
	return nil
}

func (s *survey) work(rank int, k *kernels.Core) {
	f := s.flows[rank]
	f.gatherAlone(k, s.data, s.rows[rank])
	f.forward(k, s.logits)
	s.look(rank, k)
}

// survey makes one with workers of its own, for its caller to close.
func (m *Sequential) survey(d Dataset, c Config, logits bool) (*survey, error) {
	if err := d.validate(m); err != nil {
		return nil, err
	}
	team, err := c.newTeam()
	if err != nil {
		return nil, err
	}
	return newSurvey(m, team, logits), nil
}
