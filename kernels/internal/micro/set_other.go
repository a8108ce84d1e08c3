//go:build (!amd64 && !arm64) || purego || noasm

package micro

// native: this binary has no assembly.
func native() []Set { return nil }

// L2 returns the bytes of second-level cache that most processors have.
func L2() int { return 512 << 10 }
