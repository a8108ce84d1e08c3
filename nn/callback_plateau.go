package nn

import (
	"errors"
	"fmt"
	"log/slog"
)

// ReduceLROnPlateau multiplies the learning rate by Factor when an epoch is the
// Patience-th in a row that is not better than the best before it, as in Keras.
type ReduceLROnPlateau struct {
	Monitor  Monitor
	Factor   float64 // from 0 up to, but not, 1
	Patience int
	MinDelta float64 // better is better by more than that
	Cooldown int     // epochs after a reduction that do not count
	MinLR    float64 // the rate is not made smaller
}

// NewReduceLROnPlateau returns the callback with Keras's defaults: a tenth of
// the rate after 10 epochs in which the validation loss did not fall by more
// than 0.0001.
func NewReduceLROnPlateau() ReduceLROnPlateau {
	return ReduceLROnPlateau{Factor: 0.1, Patience: 10, MinDelta: 1e-4}
}

func (c ReduceLROnPlateau) validate(validation bool) error {
	if c.Factor == 0 {
		return errors.New("factor 0: want more than 0 and below 1")
	}
	return firstError(c.Monitor.validate(validation), inRange("factor", c.Factor, 0, 1),
		atLeastZero([]string{"patience", "min delta", "cooldown", "minimum learning rate"},
			float64(c.Patience), c.MinDelta, float64(c.Cooldown), c.MinLR))
}

func (c ReduceLROnPlateau) start(t *Trainer, log *slog.Logger) hook {
	return &plateau{c, t, log, memory{Best: c.Monitor.worst()}}
}

type plateau struct {
	ReduceLROnPlateau
	trainer *Trainer
	log     *slog.Logger
	mem     memory
}

func (p *plateau) settings() string  { return fmt.Sprintf("ReduceLROnPlateau%+v", p.ReduceLROnPlateau) }
func (p *plateau) memory() *memory   { return &p.mem }
func (p *plateau) batchEnd(Progress) {}
func (p *plateau) end()              {}

func (p *plateau) epochEnd(e Epoch) error {
	if p.mem.Cooldown > 0 {
		p.mem.Cooldown--
		p.mem.Wait = 0
	}
	if x := p.Monitor.of(e); p.Monitor.better(x, p.mem.Best, p.MinDelta) {
		p.mem.Best, p.mem.Wait = number(x), 0
		return nil
	}
	if p.mem.Cooldown > 0 {
		return nil
	}
	p.mem.Wait++
	if p.mem.Wait < p.Patience {
		return nil
	}
	old := p.trainer.LearningRate()
	if rate := max(float64(old*p.Factor), p.MinLR); rate < old {
		p.trainer.SetLearningRate(rate)
		p.mem.Cooldown, p.mem.Wait = p.Cooldown, 0
		p.log.Info("reduced learning rate", "epoch", e.Epoch, "from", old, "to", rate)
	}
	return nil
}
