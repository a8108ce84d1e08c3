package main

import (
	"context"
	"fmt"

	"github.com/urfave/cli/v3"
)

const rootHelp = `Examples:
  mnist-fast
        the reference run: 10 epochs of MNIST
  mnist-fast -epochs 3 -hidden 64 -output digits.model
        a smaller model, to keep
  mnist-fast predict -model digits.model seven.png
        read a picture of a digit

mnist-fast COMMAND -h tells more about a command.`

// command returns all commands. Without the name of one, "train" is meant.
func (a *app) command() *cli.Command {
	root := finish(&cli.Command{
		Name:                          "mnist-fast",
		Usage:                         "Train a network that reads handwritten digits, in seconds.",
		UsageText:                     "mnist-fast [COMMAND] [FLAGS]",
		Description:                   rootHelp,
		CustomRootCommandHelpTemplate: helpTemplate,
		DefaultCommand:                "train",
		Reader:                        a.stdin,
		Writer:                        a.stdout,
		ErrWriter:                     a.stderr,
		ExitErrHandler:                func(context.Context, *cli.Command, error) {}, // run exits
	})
	for _, c := range []*cli.Command{a.trainCommand(), a.evalCommand(), a.compareCommand(), a.predictCommand(), a.exportCommand(), a.infoCommand(), a.versionCommand()} {
		c.HideHelpCommand = true
		c.CommandNotFound = func(_ context.Context, c *cli.Command, _ string) { // -h after other arguments
			cli.HelpPrinter(a.stdout, helpTemplate, c)
		}
		root.Commands = append(root.Commands, finish(c))
	}
	return root
}

// finish gives a command what all have in common.
func finish(c *cli.Command) *cli.Command {
	c.CustomHelpTemplate = helpTemplate
	c.OnUsageError = func(_ context.Context, c *cli.Command, err error, _ bool) error {
		return misuse{err, c.FullName()}
	}
	return c
}

// helpTemplate is narrower than the library's own. Only flags with a category
// are in it.
const helpTemplate = `{{.Usage}}

Usage: {{.UsageText}}
{{if .VisibleCommands}}
Commands:
{{- range .VisibleCommands}}
  {{printf "%-9s" .Name}}{{.Usage}}
{{- end}}
{{end}}{{if .Description}}
{{.Description}}
{{end}}{{range .VisibleFlagCategories}}{{if .Name}}
{{.Name}}:
{{- range .Flags}}
  {{.}}
{{- end}}
{{end}}{{end}}`

// A misuse is the error of a command that was not used as it should be.
type misuse struct {
	cause   error
	command string // whose help tells how
}

func (m misuse) Error() string { return fmt.Sprintf("%v (see %s -h)", m.cause, m.command) }
func (m misuse) Unwrap() error { return m.cause }

func misusef(c *cli.Command, format string, args ...any) error {
	return misuse{fmt.Errorf(format, args...), c.FullName()}
}

// noArguments fails if there are arguments that are no flags.
func noArguments(c *cli.Command) error {
	if c.Args().Present() {
		return misusef(c.Root(), "unexpected argument %q: neither a command nor a flag", c.Args().First())
	}
	return nil
}
