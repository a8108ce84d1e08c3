// Command report draws what was recorded on a machine:
//
//	go run ./bench/report                              # of this machine
//	go run ./bench/report -o /tmp/r bench/baseline/x   # of the files of a folder
//
// It writes report.html, one page that needs nothing else, and each picture as SVG
// and PNG. Below each picture the page lists its figures, each with the lines of
// the recorded file that it is the median of.
//
// A folder has a file for each version, v1.2.3.txt and so on, current.txt, account.txt,
// and what bench/peers and BenchmarkPeers recorded, peers*.txt. Which picture reads
// what:
//
//	gemm      BenchmarkGemm/tier=/m=/k=/n=/op=/workers=1, BenchmarkPeerGemm/peer=/…
//	speedup   all that ran on tier=generic and on another
//	epoch     BenchmarkPeerEpoch/model=/input=/batch=/peer=/…, of the reference model on MNIST
//	predict   BenchmarkPeerPredict/model=/input=/batch=/peer=/…, too
//	account   BenchmarkStepAccount/model=/input=/batch=/tier=/workers=/part=: the time
//	          of a part of a step of training; account.txt has them
//	history   BenchmarkStep and BenchmarkGemm on the best tier, in each version
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"
	"golang.org/x/mod/semver"

	"github.com/mnist-fast/mnist-fast/bench/internal/machine"
	"github.com/mnist-fast/mnist-fast/bench/internal/results"
)

func main() {
	if err := command().Run(context.Background(), os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func command() *cli.Command {
	var out string
	return &cli.Command{
		Name:            "report",
		Usage:           "Draw what was recorded.",
		UsageText:       "report [-o FOLDER] [FOLDER]",
		HideHelpCommand: true,
		ExitErrHandler:  func(context.Context, *cli.Command, error) {}, // main exits
		Flags:           []cli.Flag{&cli.StringFlag{Name: "o", Value: filepath.Join("bench", "pictures"), Usage: "folder to write to", Destination: &out}},
		Action: func(_ context.Context, c *cli.Command) error {
			dir := c.Args().First()
			if dir == "" {
				dir = filepath.Join("bench", "baseline", machine.Slug())
			}
			return write(dir, out)
		},
	}
}

// write draws the results of a folder into another.
func write(dir, out string) error {
	r, err := read(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	var drawn []drawing
	for _, f := range r.figures() {
		d, err := f.draw()
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		for name, data := range map[string][]byte{f.name + ".svg": d.svg, f.name + ".png": d.png} {
			if err := os.WriteFile(filepath.Join(out, name), data, 0o666); err != nil {
				return err
			}
		}
		drawn = append(drawn, d)
	}
	return r.writePage(filepath.Join(out, "report.html"), drawn)
}

// A recorded is the results of one machine.
type recorded struct {
	dir      string
	config   map[string]string // of the newest file
	tier     string            // the best one
	newest   []results.Group
	peers    []results.Group
	accounts []results.Group // of steps
	versions []version       // oldest first
}

// A version is a file of results.
type version struct {
	name   string
	groups []results.Group
}

func read(dir string) (*recorded, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return nil, err
	}
	r := &recorded{dir: dir}
	for _, file := range files {
		lines, err := results.ReadFiles(filepath.ToSlash(file))
		if err != nil {
			return nil, err
		}
		name, groups := strings.TrimSuffix(filepath.Base(file), ".txt"), results.Groups(lines)
		switch {
		case len(groups) == 0:
			return nil, fmt.Errorf("%s: no results", file)
		case strings.HasPrefix(name, "peers"):
			r.peers = append(r.peers, groups...)
		case name == "account":
			r.accounts = groups
		case name == "current" || semver.IsValid(name):
			r.versions = append(r.versions, version{name, groups})
		}
	}
	slices.SortFunc(r.versions, func(a, b version) int { return compareVersions(a.name, b.name) })
	if n := len(r.versions); n > 0 {
		r.newest = r.versions[n-1].groups
	}
	all := slices.Concat(r.newest, r.accounts)
	if all == nil {
		return nil, fmt.Errorf("%s has neither current.txt, nor a version like v1.2.3.txt, nor account.txt: go run ./bench/run -record current makes one", dir)
	}
	r.config, r.tier = all[0].Config, results.Best(all)
	return r, nil
}

// compareVersions orders versions; current is the last.
func compareVersions(a, b string) int {
	if a == b {
		return 0
	}
	if a == "current" {
		return 1
	}
	if b == "current" {
		return -1
	}
	return semver.Compare(a, b)
}
