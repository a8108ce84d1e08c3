package main

import (
	"fmt"
	"strings"

	"github.com/mnist-fast/mnist-fast/nn/augment"
)

// An augmentation says how training images are changed.
type augmentation struct{ augment.Settings }

// augmentations are those that have a name.
var augmentations = []struct {
	name     string
	settings augment.Settings
}{
	{"none", augment.Settings{}},
	{"light", augment.Settings{Shift: 1, Rotation: 10}},
	{"affine", augment.Settings{Shift: 1, Rotation: 10, Scale: 0.1, Shear: 0.1}},
	{"elastic", augment.Digits()},
}

const augmentHelp = `SETTINGS
change training images at random, anew every epoch:
none; light, by shift and rotation; affine, also by
scale and shear; elastic, affine and distorted; or
numbers, as light,scale=0.2 or shift=2,erase=0.1 (of
shift, rotation, scale, shear, alpha, sigma, noise,
erase: go doc ./nn/augment Settings)`

// parameters are the numbers of the settings.
func (a *augmentation) parameters() []parameter {
	return []parameter{
		{"shift", &a.Shift}, {"rotation", &a.Rotation}, {"scale", &a.Scale}, {"shear", &a.Shear},
		{"alpha", &a.Elastic.Alpha}, {"sigma", &a.Elastic.Sigma}, {"noise", &a.Noise}, {"erase", &a.Erase},
	}
}

// parseAugmentation parses a name, numbers, or a name and numbers.
func parseAugmentation(s string) (augmentation, error) {
	var a augmentation
	for i, field := range strings.Split(s, ",") {
		if err := a.set(strings.TrimSpace(field), i == 0); err != nil {
			return a, err
		}
	}
	return a, a.Validate()
}

// set changes the settings to what a field says. Only the first may be a name.
func (a *augmentation) set(field string, first bool) error {
	key, text, isNumber := strings.Cut(field, "=")
	if !isNumber && first {
		for _, named := range augmentations {
			if named.name == field {
				a.Settings = named.settings
				return nil
			}
		}
	}
	for _, p := range a.parameters() {
		if isNumber && p.flag == key {
			var err error
			if *p.at, err = nonNegative(text); err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			return nil
		}
	}
	return fmt.Errorf("%q: want %s, or numbers as shift=1,rotation=10", field, strings.Join(augmentationNames(), ", "))
}

func augmentationNames() []string {
	var names []string
	for _, a := range augmentations {
		names = append(names, a.name)
	}
	return names
}

// String returns the numbers, as parseAugmentation takes them.
func (a augmentation) String() string {
	if a.none() {
		return augmentations[0].name
	}
	return strings.Join(words(a.parameters()...), ",")
}

// none reports whether images stay as they are.
func (a augmentation) none() bool { return a == augmentation{} }
