package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v3"
)

// tryOutput fails if the file that a flag names cannot be written, so that
// nobody trains for nothing. No name is fine.
func tryOutput(flag, name string) error {
	switch name {
	case "":
		return nil
	case "-":
		return fmt.Errorf("%s -: standard output is for what this command tells; a file of that name is ./-", flag)
	}
	if err := tryFile(name); err != nil {
		return fmt.Errorf("%s %s: %w", flag, name, err)
	}
	return nil
}

func tryFile(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return tryFolder(filepath.Dir(name))
	case err != nil:
		return cause(err)
	case info.IsDir():
		return errors.New("this is a folder")
	case !info.Mode().IsRegular():
		return nil // opening a pipe waits for a reader
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return cause(err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return tryFolder(filepath.Dir(name)) // a new file replaces the old one
}

func tryFolder(dir string) error {
	f, err := os.CreateTemp(dir, ".mnist-fast-*")
	if err != nil {
		return fmt.Errorf("folder %s: %w", dir, cause(err))
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// requireApart fails if two flags name the same file.
func requireApart(c *cli.Command, flag, name, other, otherName string) error {
	if name != "" && otherName != "" && sameFile(name, otherName) {
		return misusef(c, "%s and %s are the same file, %s", flag, other, name)
	}
	return nil
}

// sameFile compares files, or the names of those that are not there yet.
func sameFile(x, y string) bool {
	infoX, errX := os.Stat(x)
	infoY, errY := os.Stat(y)
	if errX == nil && errY == nil {
		return os.SameFile(infoX, infoY)
	}
	fullX, errX := filepath.Abs(x)
	fullY, errY := filepath.Abs(y)
	return errX == nil && errY == nil && fullX == fullY
}

// cause is an error without the name of a file.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// writeOutput writes the file that a flag names.
func writeOutput(flag, name string, data []byte) error {
	if err := os.WriteFile(name, data, 0o666); err != nil {
		return fmt.Errorf("%s %s: %w", flag, name, cause(err))
	}
	return nil
}
