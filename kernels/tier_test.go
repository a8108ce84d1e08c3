package kernels_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// homes are the architectures of the tiers with assembly.
var homes = map[kernels.Tier]string{kernels.NEON: "arm64", kernels.AVX2: "amd64"}

func TestTiersAreTheUsableOnesSlowestFirst(t *testing.T) {
	t.Setenv(kernels.TierEnv, "")
	var want []kernels.Tier
	for _, tier := range kernels.AllTiers() {
		if tier.Err() == nil {
			want = append(want, tier)
		}
	}
	got := kernels.Tiers()
	if !slices.Equal(got, want) || got[0] != kernels.Generic {
		t.Errorf("Tiers() = %v, want generic and more of %v", got, want)
	}
	if best := kernels.Best(); best != got[len(got)-1] {
		t.Errorf("Best() = %v of %v", best, got)
	}
}

// A test run on a known machine names its tiers, so that none is passed over in
// silence: KERNELS_TEST_TIERS="generic avx2".
func TestTiersAreThoseOfTheMachine(t *testing.T) {
	want, ok := os.LookupEnv("KERNELS_TEST_TIERS")
	if !ok {
		t.Skip("checks nothing unless KERNELS_TEST_TIERS names the tiers that must be usable")
	}
	var got []string
	for _, tier := range kernels.Tiers() {
		got = append(got, tier.String())
	}
	if !slices.Equal(got, strings.Fields(want)) {
		t.Errorf("tiers %v, want %s", got, want)
	}
}

// A tier that cannot run here says so in the same way everywhere: to Err, to
// Choose by name or by environment, and in the panic of what would need it.
func TestTiersThatCannotRunSayWhy(t *testing.T) {
	for _, tier := range kernels.AllTiers() {
		name := tier.String()
		t.Setenv(kernels.TierEnv, "")
		err := tier.Err()
		if chosen, err2 := kernels.Choose(name); chosen != tier || errorText(err2) != errorText(err) {
			t.Errorf("Choose(%q) = %v, %v; Err is %v", name, chosen, err2, err)
		}
		t.Setenv(kernels.TierEnv, name)
		for _, auto := range []string{"", "auto"} {
			if chosen, err2 := kernels.Choose(auto); chosen != tier || errorText(err2) != errorText(err) {
				t.Errorf("Choose(%q) with %s=%s = %v, %v; Err is %v", auto, kernels.TierEnv, name, chosen, err2, err)
			}
		}
		if errorText(kernels.Auto.Err()) != errorText(err) {
			t.Errorf("Auto.Err() with %s=%s is %v, want %v", kernels.TierEnv, name, kernels.Auto.Err(), err)
		}
		if err == nil {
			if best, core := kernels.Best(), kernels.NewCore(kernels.Auto); best != tier || core.Tier() != tier {
				t.Errorf("%s=%s: Best() = %v, a core has %v", kernels.TierEnv, name, best, core.Tier())
			}
			continue
		}
		message := "kernels: " + err.Error()
		requirePanic(t, "NewCore", message, func() { kernels.NewCore(tier) })
		requirePanic(t, "NewTeam", message, func() { kernels.NewTeam(tier, 2) })
		requirePanic(t, "Ceiling", message, func() { kernels.Ceiling(tier) })
		message = "kernels: " + kernels.TierEnv + ": " + err.Error()
		requirePanic(t, "Best", message, func() { kernels.Best() })
		requirePanic(t, "NewCore(Auto)", message, func() { kernels.NewCore(kernels.Auto) })
	}
}

func TestErrTellsAbsentFromUnusable(t *testing.T) {
	for tier, home := range homes {
		absent := "tier " + tier.String() + " is not in this program (built for " + runtime.GOARCH + ")"
		unusable := "tier " + tier.String() + " cannot run here: the processor or operating system lacks "
		switch got := errorText(tier.Err()); {
		case runtime.GOARCH != home && got != absent:
			t.Errorf("%v.Err() is %q, want %q", tier, got, absent)
		case got != "" && got != absent && !strings.HasPrefix(got, unusable):
			t.Errorf("%v.Err() is %q", tier, got)
		}
	}
	if err := kernels.Generic.Err(); err != nil {
		t.Errorf("generic: %v", err)
	}
	if got, want := errorText(kernels.Tier(99).Err()), "tier Tier(99) is not in this program"; !strings.HasPrefix(got, want) {
		t.Errorf("Tier(99).Err() is %q, want %q…", got, want)
	}
}

// A name is taken only as it is written, wherever it comes from.
func TestChooseRefusesUnknownNames(t *testing.T) {
	for _, name := range []string{"sse", "AVX2", " generic", "Tier(1)"} {
		want := `unknown tier "` + name + `": want one of [generic `
		t.Setenv(kernels.TierEnv, "")
		if _, err := kernels.Choose(name); !strings.HasPrefix(errorText(err), want) {
			t.Errorf("Choose(%q) = %v, want %s…", name, err, want)
		}
		t.Setenv(kernels.TierEnv, name)
		_, err := kernels.Choose("")
		if !strings.HasPrefix(errorText(err), want) {
			t.Errorf("Choose with %s=%s is %v, want %s…", kernels.TierEnv, name, err, want)
		}
		requirePanic(t, "Best", "kernels: "+kernels.TierEnv+": "+errorText(err), func() { kernels.Best() })
		if tier, err := kernels.Choose("generic"); tier != kernels.Generic || err != nil {
			t.Errorf("a name given beats %s; got %v, %v", kernels.TierEnv, tier, err)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// The tags purego and noasm leave out all assembly; without them each
// architecture has its own.
func TestTagsLeaveOutAssembly(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command: ", err)
	}
	for _, arch := range []string{"amd64", "arm64", "riscv64"} {
		for _, tag := range []string{"", "purego", "noasm"} {
			list := exec.Command("go", "list", "-json=SFiles,GoFiles", "-tags", tag, "./internal/micro")
			list.Env = append(list.Environ(), "GOOS=linux", "GOARCH="+arch, "GOFLAGS=")
			out, err := list.Output()
			if err != nil {
				t.Fatalf("%v: %v", list, err)
			}
			var files struct{ SFiles, GoFiles []string }
			if err := json.Unmarshal(out, &files); err != nil {
				t.Fatal(err)
			}
			want := tag == "" && arch != "riscv64"
			if (len(files.SFiles) > 0) != want || slices.Contains(files.GoFiles, "set_other.go") == want {
				t.Errorf("%s, tag %q: assembly %v, Go %v", arch, tag, files.SFiles, files.GoFiles)
			}
		}
	}
}
