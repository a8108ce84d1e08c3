package bench

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// The contestants that are always there.
const (
	oursName  = "ours"
	gonumName = "gonum"
)

// errNotFound says that a library is not installed.
var errNotFound = errors.New("library not found")

// A comparison is contestants and their trials. Ours is the first of them.
type comparison struct {
	options
	threads     map[string]thread // by threadKey
	team        *kernels.Team
	visit       func() // calls C for nothing
	contestants []*contestant
	trials      []*trial
	visits      []float64 // how long a visit took, in steps of pace, in every round
	ceilings    []float64 // operations in a step of pace, in every round
}

// A trial is one product that all contestants compute.
type trial struct {
	shape
	series []*series // by contestant
}

// newComparison starts our team and the peers that are there. It checks that
// they compute the same.
func newComparison(o options) (*comparison, error) {
	c := &comparison{options: o, threads: startThreads(append([]string{oursName}, o.peers...))}
	if err := c.start(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *comparison) start() (err error) {
	setEnvironment(c.environment())
	if c.visit, err = visitC(); err != nil {
		return err
	}
	c.team = kernels.NewTeam(c.tier, c.workers)
	c.add(ours(c.team, c.packs, c.visit))
	if err := c.addPeers(); err != nil {
		return err
	}
	for _, s := range c.shapes {
		if err := c.addTrial(s); err != nil {
			return err
		}
	}
	return nil
}

// startThreads starts the threads of the contestants, before a library can bind
// the thread that loads it, and those that start from there.
func startThreads(names []string) map[string]thread {
	threads := map[string]thread{}
	for _, name := range names {
		if key := threadKey(name); threads[key] == nil {
			threads[key] = newThread()
		}
	}
	return threads
}

// addPeers adds those that are wanted, or of all those that are found.
func (c *comparison) addPeers() error {
	for _, name := range c.peers {
		peer, err := c.open(name)
		switch {
		case err == nil:
			c.add(peer)
		case !c.all: // named, so not to be passed over
			return fmt.Errorf("peer %s: %v", name, err)
		case !errors.Is(err, errNotFound):
			return err
		}
	}
	if c.all && len(c.contestants) == 2 {
		return fmt.Errorf("%w: none of %s in the usual places; -peers.with says where else",
			errNotFound, strings.Join(libraryNames(), ", "))
	}
	return nil
}

func (c *comparison) add(x *contestant) {
	x.thread = c.threads[threadKey(x.name)]
	c.contestants = append(c.contestants, x)
}

func (c *comparison) open(name string) (peer *contestant, err error) {
	if name == gonumName {
		return newGonum(c.workers, c.visit), nil
	}
	c.threads[threadKey(name)].do(func() { peer, err = openLibrary(name, c.paths[name]) })
	return peer, err
}

// addTrial has all contestants compute the same product, each into a c of its
// own, and fails if one does not agree with ours.
func (c *comparison) addTrial(s shape) error {
	t := &trial{shape: s}
	p := newProduct(s)
	for i, x := range c.contestants {
		own := p.withOutput()
		series := &series{call: x.prepare(own), settle: sliceTime, wait: c.wait}
		if c.workers > 1 {
			series.settle = settleTime
		}
		x.take(series.warmUp)
		if i == 0 {
			p.c = own.c
		} else if err := checkResult(p, own.c); err != nil {
			return fmt.Errorf("%s: %s: %w", s.name, x.name, err)
		}
		t.series = append(t.series, series)
	}
	c.trials = append(c.trials, t)
	return nil
}

// round measures each contestant once in each trial.
func (c *comparison) round() {
	for _, t := range c.trials {
		c.contestants[0].thread.do(func() {
			quiet()
			c.visits = append(c.visits, perCall(c.visit, 10000)/look().pace)
			c.ceilings = append(c.ceilings, ceilingInSteps(c.team))
		})
		for i, x := range c.contestants {
			c.measure(x, t.series[i])
		}
	}
}

// measure takes a sample. One of several threads is taken again if the workers of a
// team, just before or just after, were not all alone on their cores, while there is
// time for it: between its slices only one of the cores is looked at.
func (c *comparison) measure(x *contestant, s *series) {
	for start := time.Now(); ; {
		before := c.alone()
		var taken sample
		x.take(func() { taken = s.sample() })
		alone := c.alone() && before
		if alone || time.Since(start) > c.wait {
			if !alone {
				taken.crowded = len(taken.paces)
			}
			s.samples = append(s.samples, taken)
			return
		}
	}
}

// alone reports whether workers of a team have a core each.
func (c *comparison) alone() (all bool) {
	if c.workers == 1 {
		return true // whoever measures looks by itself
	}
	c.contestants[0].thread.do(func() {
		quiet()
		all = allAlone(c.team)
	})
	return all
}

func (c *comparison) close() {
	if c.team != nil {
		c.team.Close()
	}
	for _, t := range c.threads {
		close(t)
	}
}

// introduce says who they are and under which conditions they meet.
func (c *comparison) introduce(w io.Writer) {
	fmt.Fprintf(w, "tier %s, workers: %d, rounds: %d\n", c.tier, c.workers, c.rounds)
	for _, x := range c.contestants {
		fmt.Fprintf(w, "%-9s %s\n", x.name, x.about)
	}
	env := c.environment()
	fmt.Fprint(w, "environment of the libraries:")
	for _, key := range slices.Sorted(maps.Keys(env)) {
		if env[key] != "" {
			fmt.Fprintf(w, " %s=%s", key, env[key])
		}
	}
	fmt.Fprintln(w)
}
