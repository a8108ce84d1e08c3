package main

import (
	"fmt"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
)

// A setting is what one line of a comparison is about.
type setting struct {
	options trainOptions
	config  nn.Config
	labels  []string // of what differs between settings
}

func (s setting) name() string { return strings.Join(s.labels, " ") }

// combine makes a setting of every combination of the values in the lists.
func (p *comparison) combine() {
	if len(p.optimizers) == 0 {
		p.optimizers = list[string]{p.optimizer.name}
		if max(len(p.activations), len(p.rates), len(p.stacks), len(p.batches)) < 2 {
			p.optimizers = nn.Optimizers()
		}
	}
	if len(p.activations) == 0 {
		p.activations = list[nn.Activation]{p.activation}
	}
	if len(p.stacks) == 0 {
		p.stacks = list[sizes]{p.hidden}
	}
	p.settings = []setting{{options: *p.trainOptions}}
	vary(p, p.optimizers, p.setOptimizer)
	vary(p, p.rates, func(s *setting, rate float64) string {
		s.config.Optimizer = setRate(s.config.Optimizer, rate)
		return fmt.Sprintf("lr=%v", rate)
	})
	vary(p, p.stacks, func(s *setting, hidden sizes) string {
		s.options.hidden = hidden
		return "hidden=" + strings.ReplaceAll(hidden.String(), ",", "-")
	})
	vary(p, p.activations, func(s *setting, a nn.Activation) string {
		s.options.activation = a
		return a.String()
	})
	vary(p, p.batches, func(s *setting, n int) string {
		s.options.batch = n
		return fmt.Sprintf("batch=%d", n)
	})
	if len(p.settings) == 1 { // nothing differs
		p.settings[0].labels, p.fixed = p.fixed[:1], p.fixed[1:]
	}
}

// vary replaces every setting by one for each of the values. set changes a
// setting and returns what to call the change.
func vary[T any](p *comparison, values list[T], set func(*setting, T) string) {
	if len(values) == 0 {
		return
	}
	var varied []setting
	for _, s := range p.settings {
		for _, v := range values {
			s := s
			label := set(&s, v)
			if len(values) > 1 {
				s.labels = append(s.labels[:len(s.labels):len(s.labels)], label)
			} else if len(varied) == 0 {
				p.fixed = append(p.fixed, label)
			}
			varied = append(varied, s)
		}
	}
	p.settings = varied
}

// gdRate is the learning rate of gd here, unless rates are given: it makes only
// a step an epoch, and the usual one is for many small steps.
const gdRate = 0.1

func (p *comparison) setOptimizer(s *setting, name string) string {
	s.options.optimizer.name = name
	s.config.Optimizer, _ = nn.NewOptimizer(name) // the flag takes no other names
	if name != "gd" || len(p.rates) > 0 {
		return name
	}
	s.config.Optimizer = setRate(s.config.Optimizer, gdRate)
	return fmt.Sprintf("%s lr=%v", name, gdRate)
}
