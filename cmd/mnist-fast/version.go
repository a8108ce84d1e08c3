package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/urfave/cli/v3"
)

func (a *app) versionCommand() *cli.Command {
	var asJSON bool
	return &cli.Command{
		Name:        "version",
		Usage:       "Tell the version of this program.",
		UsageText:   "mnist-fast version [-json]",
		Description: "Example:\n  mnist-fast version",
		Flags:       section("Flags", jsonFlag(&asJSON)),
		Action: func(_ context.Context, c *cli.Command) error {
			if err := noArguments(c); err != nil {
				return err
			}
			return newReporter(a.stdout, asJSON).report(newVersion())
		},
	}
}

// A version tells how the program was built.
type version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // since the commit
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func newVersion() version {
	v := version{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	v.Version = build.Main.Version
	for _, s := range build.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

func (v version) text() string {
	text := "mnist-fast " + v.Version
	if v.Commit != "" {
		text += "\ncommit " + v.Commit
		if v.Modified {
			text += ", modified"
		}
	}
	return fmt.Sprintf("%s\n%s %s\n", text, v.Go, v.Platform)
}
