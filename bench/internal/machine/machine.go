// Package machine says on what, and with what, benchmarks were measured, in the
// lines of configuration and the unit metadata of Go's benchmark format.
package machine

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// CeilingKey is the key of the line with a tier's FMA ceiling: GFLOP/s of one
// core.
func CeilingKey(tier string) string { return "fma-ceiling-" + tier }

// higher are the units of which more is better. Of times, less is: benchstat
// knows that.
var higher = []string{"GFLOP/s", "ceiling-%", "samples/s", "elem/ns", "accuracy-%", "of-best-peer",
	"floor-%", "busy-%", "alone-%", "fma-GFLOP/s", "read-GB/s", "rewrite-GB/s", "update-elem/ns"}

// WriteUnits writes the unit metadata of all benchmarks here.
func WriteUnits(w io.Writer) {
	for _, unit := range higher {
		fmt.Fprintf(w, "Unit %s better=higher\n", unit)
	}
}

// WriteConfig writes a line for each thing that results depend on: the source,
// the processor, the system, and what the tiers can do at most. It takes some
// 30 ms for each tier. What cannot be found out is left out.
func WriteConfig(w io.Writer) {
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s: %s\n", key, value)
		}
	}
	line("date", time.Now().UTC().Format(time.DateOnly))
	line("commit", commit())
	line("go", runtime.Version())
	line("cpu-name", Name())
	line("cpu-caches", caches())
	line("kernel", release())
	line("tier", kernels.Best().String())
	line("workers", fmt.Sprint(runtime.GOMAXPROCS(0)))
	for _, t := range kernels.Tiers() {
		line(CeilingKey(t.String()), fmt.Sprintf("%.4g", kernels.Ceiling(t)))
	}
}

// Name is the processor's name, with family and model where it has them: virtual
// machines tell no more than the maker's.
func Name() string {
	name := strings.TrimSpace(cpuid.CPU.BrandName)
	if name == "" {
		name = runtime.GOARCH
	}
	if cpuid.CPU.Family > 0 {
		name += fmt.Sprintf(" (family %d, model %d)", cpuid.CPU.Family, cpuid.CPU.Model)
	}
	return name
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// Slug is the processor's name as the name of a folder.
func Slug() string { return slug(Name()) }

func slug(name string) string {
	name = strings.ToLower(strings.NewReplacer("(R)", "", "(TM)", "", "family", "f", "model", "m").Replace(name))
	return strings.Trim(notWord.ReplaceAllString(name, "-"), "-")
}

func caches() string {
	var list []string
	c := cpuid.CPU.Cache
	for _, level := range []struct {
		name  string
		bytes int
	}{{"L1d", c.L1D}, {"L1i", c.L1I}, {"L2", c.L2}, {"L3", c.L3}} {
		if level.bytes > 0 {
			list = append(list, fmt.Sprintf("%s %d KiB", level.name, level.bytes>>10))
		}
	}
	return strings.Join(list, ", ")
}

// commit is the revision of the source in the working folder; + says that it
// was changed since. What is recorded, perhaps just now, is no source.
func commit() string {
	head, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return ""
	}
	id := string(bytes.TrimSpace(head))
	if changes, err := exec.Command("git", "status", "--porcelain", "--untracked-files=no", "--", ":(top)", ":(top,exclude)bench/baseline").Output(); err != nil || len(changes) > 0 {
		id += "+"
	}
	return id
}

// release is that of the operating system's kernel.
func release() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return runtime.GOOS
	}
	return runtime.GOOS + " " + string(bytes.TrimSpace(text))
}
