package kernels

import (
	"fmt"
	"os"
	"runtime"
	"slices"

	"github.com/mnist-fast/mnist-fast/kernels/internal/micro"
)

// A Tier is a kind of processor that the kernels are made for. All tiers
// compute the same bits; they differ in speed.
type Tier uint8

// The tiers. Auto stands for the best one here.
const (
	Auto    Tier = iota
	Generic      // plain Go, everywhere
	NEON         // arm64
	AVX2         // amd64 with AVX2 and FMA
	AVX512       // amd64 with AVX-512 F, DQ, BW and VL, BMI2 and FMA
)

var tierNames = [...]string{Auto: "auto", Generic: "generic", NEON: "neon", AVX2: "avx2", AVX512: "avx512"}

// TierEnv is the environment variable that overrides the choice of tier.
const TierEnv = "KERNELS_TIER"

var sets = micro.Sets()

// String returns the tier's name, as in KERNELS_TIER.
func (t Tier) String() string {
	if int(t) < len(tierNames) {
		return tierNames[t]
	}
	return fmt.Sprintf("Tier(%d)", uint8(t))
}

// AllTiers returns every tier that there is, slowest first, usable here or not.
func AllTiers() []Tier { return []Tier{Generic, NEON, AVX2, AVX512} }

// Tiers returns the tiers that this machine can run, slowest first.
func Tiers() []Tier {
	return slices.DeleteFunc(AllTiers(), func(t Tier) bool { return t.Err() != nil })
}

// Err says why this machine cannot run the tier, or returns nil if it can.
func (t Tier) Err() error {
	if t == Auto {
		_, err := Choose("")
		return err
	}
	switch s := t.set(); {
	case s == nil:
		return fmt.Errorf("tier %s is not in this program (built for %s)", t, runtime.GOARCH)
	case s.Unusable != "":
		return fmt.Errorf("tier %s cannot run here: %s", t, s.Unusable)
	}
	return nil
}

// set is the tier's row of kernels, or nil if this program has none.
func (t Tier) set() *micro.Set {
	for i := range sets {
		if sets[i].Name == t.String() {
			return &sets[i]
		}
	}
	return nil
}

// Choose returns the tier of that name; for "" or "auto" the one that
// KERNELS_TIER names, or else the fastest. It fails for a tier that is unknown
// or cannot run here.
func Choose(name string) (Tier, error) {
	if name == "" || name == Auto.String() {
		name = os.Getenv(TierEnv)
	}
	if name == "" || name == Auto.String() {
		quick := slices.DeleteFunc(Tiers(), func(t Tier) bool { return t.set().Slow })
		return quick[len(quick)-1], nil
	}
	i := slices.Index(tierNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("unknown tier %q: want one of %v", name, AllTiers())
	}
	return Tier(i), Tier(i).Err()
}

// Best returns the tier that KERNELS_TIER names, or else the fastest that this
// machine can run. It panics if KERNELS_TIER names none that can run here.
func Best() Tier {
	t, err := Choose("")
	if err != nil {
		panic("kernels: " + TierEnv + ": " + err.Error())
	}
	return t
}
