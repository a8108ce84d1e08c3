package tabular

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

const maxClasses = 256 // as nn.Labels has

var errClasses = fmt.Errorf("more than %d classes: is it a number to predict (Regression)?", maxClasses)

// classes are texts, each with its place among them.
type classes struct {
	names  []string
	places map[string]uint8
	known  bool // there are no others
}

func newClasses() *classes { return &classes{places: map[string]uint8{}} }

func knownClasses(names []string) *classes {
	c := &classes{names: names, places: map[string]uint8{}, known: true}
	for i, name := range names {
		c.places[name] = uint8(i)
	}
	return c
}

// find is the place of a class, which may be a new one.
func (c *classes) find(text []byte) (uint8, error) {
	if i, ok := c.places[string(text)]; ok {
		return i, nil
	}
	switch {
	case c.known:
		return 0, fmt.Errorf("%s is none of the %d classes", quote(text), len(c.names))
	case len(c.names) == maxClasses:
		return 0, errClasses
	case !utf8.Valid(text):
		return 0, errors.New("a class that is not UTF-8")
	}
	i, name := uint8(len(c.names)), string(text)
	c.names = append(c.names, name)
	c.places[name] = i
	return i, nil
}

// sort sorts the classes, as numbers if they all are, and returns where each has
// gone.
func (c *classes) sort() (order []uint8) {
	found := slices.Clone(c.names)
	numbers := map[string]float64{}
	for _, name := range found {
		if x, err := strconv.ParseFloat(name, 64); err == nil {
			numbers[name] = x
		}
	}
	slices.SortFunc(c.names, func(a, b string) int {
		if len(numbers) == len(found) {
			return cmp.Or(cmp.Compare(numbers[a], numbers[b]), cmp.Compare(a, b))
		}
		return cmp.Compare(a, b)
	})
	*c = *knownClasses(c.names)
	for _, name := range found {
		order = append(order, c.places[name])
	}
	return order
}
