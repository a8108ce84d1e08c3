package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn"
	"github.com/urfave/cli/v3"
)

// A parameter is a number of an optimizer, by the name of its flag.
type parameter struct {
	flag string
	at   *float64
}

// edit lets change see and set the parameters of an optimizer, and returns the
// changed one.
func edit(o nn.Optimizer, change func([]parameter)) nn.Optimizer {
	switch o := o.(type) {
	case nn.SGD:
		change([]parameter{{"lr", &o.LearningRate}, {"momentum", &o.Momentum}})
		return o
	case nn.RMSprop:
		change([]parameter{{"lr", &o.LearningRate}, {"rho", &o.Rho}, {"epsilon", &o.Epsilon}})
		return o
	case nn.Adam:
		change(adamParameters(&o))
		return o
	case nn.AdamW:
		change(append(adamParameters(&o.Adam), parameter{"weight-decay", &o.WeightDecay}))
		return o
	}
	return o
}

// setRate returns the optimizer with another learning rate.
func setRate(o nn.Optimizer, rate float64) nn.Optimizer {
	return edit(o, func(parameters []parameter) { *learningRate(parameters) = rate })
}

// rateOf returns the learning rate of an optimizer.
func rateOf(o nn.Optimizer) (rate float64) {
	edit(o, func(parameters []parameter) { rate = *learningRate(parameters) })
	return rate
}

// learningRate is the parameter that all optimizers have.
func learningRate(parameters []parameter) *float64 {
	i := slices.IndexFunc(parameters, func(p parameter) bool { return p.flag == "lr" })
	return parameters[i].at
}

func adamParameters(o *nn.Adam) []parameter {
	return []parameter{{"lr", &o.LearningRate}, {"beta1", &o.Beta1}, {"beta2", &o.Beta2}, {"epsilon", &o.Epsilon}}
}

// parameterFlags has a flag for each parameter of any optimizer.
var parameterFlags = []struct {
	name, help string
	parse      parser[float64]
}{
	{"lr", "X\nlearning rate (0.001; of gd, sgd, momentum and\nnesterov 0.01)", nonNegative},
	{"momentum", "X\nof gd, sgd (0), momentum and nesterov (0.9)", share},
	{"rho", "X\nof rmsprop (0.9)", share},
	{"beta1", "X\nof adam and adamw (0.9)", share},
	{"beta2", "X\nof adam and adamw (0.999)", share},
	{"epsilon", "X\nof rmsprop, adam and adamw (1e-7)", nonNegative},
	{"weight-decay", "X\nof adamw (0.004)", nonNegative},
}

// optimizerOptions are the optimizer and the values of the flags for its
// parameters.
type optimizerOptions struct {
	name   string
	values map[string]*float64 // given or not
}

func (o *optimizerOptions) flags() []cli.Flag {
	names := nn.Optimizers()
	flags := []cli.Flag{flag("optimizer", "NAME\n"+strings.Join(names, ", ")+";\nof gd, all training images are one batch", &o.name, oneOf(names))}
	o.values = map[string]*float64{}
	for _, p := range parameterFlags {
		o.values[p.name] = new(float64)
		flags = append(flags, flag(p.name, p.help, o.values[p.name], p.parse))
	}
	return flags
}

// optimizer returns the optimizer with the parameters that flags give it, and
// gives the other flags the optimizer's defaults.
func (o optimizerOptions) optimizer(c *cli.Command) (nn.Optimizer, error) {
	optimizer, err := nn.NewOptimizer(o.name)
	if err != nil {
		return nil, err
	}
	var known []string
	optimizer = edit(optimizer, func(parameters []parameter) {
		for _, p := range parameters {
			known = append(known, p.flag)
			if c.IsSet(p.flag) {
				*p.at = *o.values[p.flag]
			}
			*o.values[p.flag] = *p.at
		}
	})
	for _, p := range parameterFlags {
		if c.IsSet(p.name) && !slices.Contains(known, p.name) {
			return nil, misusef(c, "-%s: the optimizer %s has only -%s", p.name, o.name, strings.Join(known, ", -"))
		}
	}
	return optimizer, nil
}

// describeOptimizer returns the parameters of an optimizer for people.
func describeOptimizer(o nn.Optimizer) string {
	var words []string
	edit(o, func(parameters []parameter) {
		for _, p := range parameters {
			words = append(words, fmt.Sprintf("%s=%v", p.flag, *p.at))
		}
	})
	return strings.Join(words, " ")
}
