//go:build (!amd64 && !arm64) || purego || noasm

package micro

// native: this binary has no assembly.
func native() []Set { return nil }

// DataCaches returns what most processors have.
func DataCaches() Caches { return Caches{32 << 10, 512 << 10} }
