package main

import (
	"fmt"

	"github.com/urfave/cli/v3"
)

// A preset is flags that one name stands for.
type preset struct {
	name, help string
	flags      []flagValue
}

// A flagValue is a flag as the command line has it.
type flagValue struct{ name, value string }

var presets = []preset{
	{"reference", "the run without flags", nil},
	{"accurate", "the same model, augmentation, a schedule", []flagValue{
		{"hidden", "256,128"},
		{"epochs", "40"},
		{"batch", "64"},
		{"optimizer", "adam"},
		{"lr", "0.002"},
		{"schedule", "cosine"},
		{"warmup", "1"},
		{"augment", "elastic"},
	}},
	{"simard", "800 hidden units and elastic distortions", []flagValue{
		{"hidden", "800"},
		{"epochs", "80"},
		{"batch", "64"},
		{"optimizer", "adam"},
		{"lr", "0.002"},
		{"schedule", "cosine"},
		{"warmup", "1"},
		{"augment", "elastic"},
	}},
	{"small-data", "against over-fitting on few images", []flagValue{
		{"epochs", "200"},
		{"dropout", "0.3"},
		{"l2", "0.0001"},
		{"augment", "affine"},
		{"validation", "0.1"},
		{"early-stopping", "20"},
	}},
}

func presetFlag(to *string) cli.Flag {
	help := "NAME\nsettings to start from, which other flags change:"
	var names []string
	for _, p := range presets {
		help += fmt.Sprintf("\n%s: %s", p.name, p.help)
		names = append(names, p.name)
	}
	return flag("preset", help, to, oneOf(names))
}

// apply sets the flags that the command line does not have.
func (p preset) apply(c *cli.Command) error {
	for _, f := range p.flags {
		if c.IsSet(f.name) {
			continue
		}
		if err := c.Set(f.name, f.value); err != nil {
			return fmt.Errorf("preset %s: -%s %s: %w", p.name, f.name, f.value, err)
		}
	}
	return nil
}

// applyPreset sets the flags of the preset of that name.
func applyPreset(c *cli.Command, name string) error {
	for _, p := range presets {
		if p.name == name {
			return p.apply(c)
		}
	}
	return nil
}
