package mnist

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// files names the four files of a data set in a folder.
type files struct {
	trainImages, trainLabels, testImages, testLabels string
}

// findFiles finds the files of the one data set in a folder. The training
// images tell the prefix, as in emnist-letters-train-…, for all four.
func findFiles(fsys fs.FS) (files, error) {
	names, err := listFiles(fsys)
	if err != nil {
		return files{}, err
	}
	const images, labels = "images?idx?-ubyte", "labels?idx?-ubyte"
	var f files
	if f.trainImages, err = find(names, "", "train-"+images, "*-train-"+images); err != nil {
		return files{}, err
	}
	prefix := f.trainImages[:strings.LastIndex(f.trainImages, "train-images")]
	if f.trainLabels, err = find(names, prefix, "train-"+labels); err != nil {
		return files{}, err
	}
	if f.testImages, err = find(names, prefix, "t10k-"+images, "test-"+images); err != nil {
		return files{}, err
	}
	if f.testLabels, err = find(names, prefix, "t10k-"+labels, "test-"+labels); err != nil {
		return files{}, err
	}
	return f, nil
}

// listFiles returns the sorted names of what is no folder: some archives
// unpack a file into a folder of the same name.
func listFiles(fsys fs.FS) ([]string, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// find returns the one of the sorted names that is prefix followed by what
// one of patterns, in the form of [path.Match], matches, and perhaps by .gz.
// Of a name with and without .gz, the one without counts.
func find(names []string, prefix string, patterns ...string) (string, error) {
	var found []string
	for _, name := range names {
		plain := strings.TrimSuffix(name, ".gz")
		if matchAny(plain, prefix, patterns) && !slices.Contains(found, plain) {
			found = append(found, name) // the plain name sorts first
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return "", fmt.Errorf("no file %s%s, plain or .gz: %w",
			prefix, strings.Join(patterns, " or "+prefix), fs.ErrNotExist)
	default:
		return "", fmt.Errorf("%w: several files for one purpose: %s", ErrFormat, strings.Join(found, ", "))
	}
}

// matchAny reports whether name is prefix and what a pattern matches.
func matchAny(name, prefix string, patterns []string) bool {
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, rest)
		return err == nil && ok
	})
}
