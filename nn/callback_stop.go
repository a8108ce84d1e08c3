package nn

import (
	"fmt"
	"log/slog"
)

// EarlyStopping ends Fit when an epoch is the Patience-th in a row that is not
// better than the best before it, as in Keras. RestoreBest gives the model the
// weights of the best epoch when Fit returns, whatever ended it; the optimizer's
// moments stay as they are.
type EarlyStopping struct {
	Monitor     Monitor
	MinDelta    float64 // better is better by more than that
	Patience    int
	RestoreBest bool
}

func (c EarlyStopping) validate(validation bool) error {
	return firstError(c.Monitor.validate(validation),
		atLeastZero([]string{"min delta", "patience"}, c.MinDelta, float64(c.Patience)))
}

func (c EarlyStopping) start(t *Trainer, log *slog.Logger) hook {
	return &earlyStop{c, t.model, log, memory{Best: c.Monitor.worst()}}
}

type earlyStop struct {
	EarlyStopping
	model *Sequential
	log   *slog.Logger
	mem   memory
}

func (s *earlyStop) settings() string  { return fmt.Sprintf("EarlyStopping%+v", s.EarlyStopping) }
func (s *earlyStop) memory() *memory   { return &s.mem }
func (s *earlyStop) batchEnd(Progress) {}

func (s *earlyStop) epochEnd(e Epoch) error {
	x := s.Monitor.of(e)
	better := s.Monitor.better(x, s.mem.Best, s.MinDelta)
	if s.RestoreBest && (better || s.mem.weights == nil) {
		s.mem.Epoch = e.Epoch
		s.mem.weights = append(s.mem.weights[:0], s.model.weights...)
	}
	if better {
		s.mem.Best, s.mem.Wait = number(x), 0
		return nil
	}
	s.mem.Wait++
	if s.mem.Wait >= s.Patience && e.Epoch > 1 {
		s.log.Info("stopped early", "epoch", e.Epoch, "monitor", s.Monitor.String(), "best", float64(s.mem.Best))
		return ErrStop
	}
	return nil
}

func (s *earlyStop) end() {
	if s.mem.weights == nil {
		return
	}
	copy(s.model.weights, s.mem.weights)
	s.model.edits++
	s.log.Info("restored weights", "epoch", s.mem.Epoch, "monitor", s.Monitor.String(), "best", float64(s.mem.Best))
}
