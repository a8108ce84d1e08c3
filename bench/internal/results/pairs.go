package results

import "slices"

// Generic is the tier that is plain Go.
const Generic = "generic"

// A Pair is one benchmark in plain Go and on a faster tier.
type Pair struct {
	Name    string // without the tier
	Plain   Group
	Fast    Group
	Speedup float64 // how many times Fast is faster
}

// Pairs finds what was measured in plain Go and on the tier, in the order of the
// groups.
func Pairs(groups []Group, tier string) (pairs []Pair) {
	for _, plain := range groups {
		if plain.Keys["tier"] != Generic {
			continue
		}
		name := plain.Without("tier")
		i := slices.IndexFunc(groups, func(g Group) bool {
			return g.Keys["tier"] == tier && g.Without("tier") == name && g.Config["pkg"] == plain.Config["pkg"] && g.File == plain.File
		})
		if i < 0 {
			continue
		}
		slow, ok1 := plain.Median("sec/op")
		fast, ok2 := groups[i].Median("sec/op")
		if ok1 && ok2 {
			pairs = append(pairs, Pair{name, plain, groups[i], slow / fast})
		}
	}
	return pairs
}

// Best is the fastest tier of the machine that results are from, or generic if
// they do not say.
func Best(groups []Group) string {
	for _, g := range groups {
		if tier := g.Config["tier"]; tier != "" {
			return tier
		}
	}
	return Generic
}
