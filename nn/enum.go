package nn

import (
	"fmt"
	"slices"
)

// The enumerations (Activation, Loss, Initializer) have a table of names each.

// nameOf is the name of value i of an enumeration.
func nameOf(names []string, i int, kind string) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}

// indexOf is the value of that name.
func indexOf(names []string, name, kind string) (int, error) {
	if i := slices.Index(names, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("unknown %s %.40q: want one of %v", kind, name, names)
}
