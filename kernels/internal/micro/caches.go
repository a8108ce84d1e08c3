package micro

// Caches are the sizes of the data caches of one processor core, in bytes.
type Caches struct{ L1, L2 int }

// orElse is c with the sizes that are not known taken from other.
func (c Caches) orElse(other Caches) Caches {
	if c.L1 <= 0 {
		c.L1 = other.L1
	}
	if c.L2 <= 0 {
		c.L2 = other.L2
	}
	return c
}
