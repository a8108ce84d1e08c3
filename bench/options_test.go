package bench

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mnist-fast/mnist-fast/kernels"
)

// The flags of BenchmarkPeers.
var (
	tierFlag    = flag.String("peers.tier", "", "tier of our kernels, by default the best; avx2 holds the peers to AVX2, too")
	workersFlag = flag.Int("peers.workers", 1, "threads of each contestant")
	roundsFlag  = flag.Int("peers.rounds", 10, "measurements of each contestant and shape")
	waitFlag    = flag.Duration("peers.wait", time.Second, "how long each of them may wait for other programs to leave the core")
	shapesFlag  = flag.String("peers.shapes", "", "regular expression of the shapes to measure, by name; all by default")
	outFlag     = flag.String("peers.o", "", "file for all measurements, in benchmark format")
	packedFlag  = flag.Bool("peers.packed", true, "ours may pack weights once, before what is measured")
	withFlag    = flag.String("peers.with", os.Getenv("BENCH_PEERS"),
		"the peers, as name or name=path of a library, with commas; by default what BENCH_PEERS lists, or all that are found")
)

// options are the flags, parsed.
type options struct {
	tier    kernels.Tier
	workers int
	rounds  int
	wait    time.Duration
	packs   bool // weights, before what is measured
	shapes  []shape
	peers   []string          // by name
	paths   map[string]string // where a library is said to be
	all     bool              // of the peers, those that are found
}

func parseFlags() (o options, err error) {
	if o.tier, err = kernels.Choose(*tierFlag); err != nil {
		return o, err
	}
	if o.workers, o.rounds = *workersFlag, *roundsFlag; o.workers < 1 || o.rounds < 1 {
		return o, fmt.Errorf("%d workers, %d rounds: want at least 1", o.workers, o.rounds)
	}
	o.wait, o.packs = *waitFlag, *packedFlag
	if o.shapes, err = selectShapes(*shapesFlag); err != nil {
		return o, err
	}
	err = o.selectPeers(*withFlag)
	return o, err
}

func selectShapes(pattern string) (selected []shape, err error) {
	names, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	for _, s := range shapes {
		if names.MatchString(s.name) {
			selected = append(selected, s)
		}
	}
	if selected == nil {
		return nil, fmt.Errorf("no shape is called %s", pattern)
	}
	return selected, nil
}

// selectPeers parses a list like "openblas,mkl=/opt/libmkl_rt.so". The peers
// keep the order of libraryNames, which matters when they are loaded.
func (o *options) selectPeers(list string) error {
	known := append([]string{gonumName}, libraryNames()...)
	if o.all = list == ""; o.all {
		o.peers = known
		return nil
	}
	o.paths = map[string]string{}
	for entry := range strings.SplitSeq(list, ",") {
		name, path, _ := strings.Cut(entry, "=")
		if !slices.Contains(known, name) {
			return fmt.Errorf("no peer is called %q: want some of %s", name, strings.Join(known, ", "))
		}
		o.paths[name] = path
	}
	for _, name := range known {
		if _, ok := o.paths[name]; ok {
			o.peers = append(o.peers, name)
		}
	}
	return nil
}

// environment is what the libraries shall read: the number of threads, and the
// instructions of the tier. An empty value unsets.
func (o options) environment() map[string]string {
	n, bind := strconv.Itoa(o.workers), ""
	if o.workers > 1 {
		bind = "true" // one thread alone had better stay free to leave a busy core
	}
	env := map[string]string{
		"OPENBLAS_NUM_THREADS": n, "BLIS_NUM_THREADS": n, "MKL_NUM_THREADS": n, "OMP_NUM_THREADS": n,
		"OMP_PROC_BIND": bind, "MKL_THREADING_LAYER": "GNU",
		// What may have been set to suit another program:
		"OPENBLAS_CORETYPE": "", "OPENBLAS_L2_SIZE": "", "BLIS_ARCH_TYPE": "",
		"DNNL_MAX_CPU_ISA": "", "ONEDNN_MAX_CPU_ISA": "", "MKL_ENABLE_INSTRUCTIONS": "",
	}
	switch o.tier {
	case kernels.AVX2:
		env["OPENBLAS_CORETYPE"], env["BLIS_ARCH_TYPE"] = "Haswell", "haswell"
		env["DNNL_MAX_CPU_ISA"], env["ONEDNN_MAX_CPU_ISA"], env["MKL_ENABLE_INSTRUCTIONS"] = "AVX2", "AVX2", "AVX2"
	case kernels.AVX512:
		env["BLIS_ARCH_TYPE"], env["MKL_ENABLE_INSTRUCTIONS"] = "skx", "AVX512" // neither is the default everywhere
	}
	return env
}
