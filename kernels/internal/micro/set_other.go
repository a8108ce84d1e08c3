//go:build (!amd64 && !arm64) || purego || noasm

package micro

// native: this binary has no assembly.
func native() []Set { return nil }
