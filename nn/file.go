package nn

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// WriteFile writes a file as Sequential.SaveFile does: what is there under that
// name is replaced in one go, once the new file is complete.
func WriteFile(path string, write func(io.Writer) error) error { return writeFile(path, write) }

// writeFile writes a temporary file beside the one of that name and renames it,
// so that no half-written file is ever there under its name.
func writeFile(path string, write func(io.Writer) error) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := os.FileMode(0o666) // less the umask
	old, err := os.Stat(path)
	if err == nil {
		if !old.Mode().IsRegular() {
			return writeDevice(path, write)
		}
		mode = old.Mode().Perm()
	}
	f, err := createTemp(path, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if old != nil {
		if err := f.Chmod(mode); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// createTemp creates a file beside path. It is os.CreateTemp with a mode. Of a name as long
// as names can be, it leaves room for what it adds.
func createTemp(path string, mode os.FileMode) (*os.File, error) {
	base := filepath.Base(path)
	base = strings.ToValidUTF8(base[:min(len(base), tempBase)], "")
	for {
		name := fmt.Sprintf(".%s%s%08x", base, tempMark, rand.Uint32())
		f, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// tempMark is in the names of temporary files, after the name that they are for, or its
// first tempBase bytes.
const (
	tempMark = ".tmp"
	tempBase = 200
)

// ofTemp is the name that a file is for, if it is a temporary one.
func ofTemp(name string) (string, bool) {
	base, _, ok := strings.Cut(name, tempMark)
	if !ok || !strings.HasPrefix(base, ".") {
		return "", false
	}
	return base[1:], true
}

// syncFolder makes a renaming last, where the system has a way to.
func syncFolder(path string) error {
	if !slices.Contains([]string{"linux", "darwin", "freebsd", "openbsd", "netbsd"}, runtime.GOOS) {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil // a folder may be writable, but not readable
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// writeDevice writes to something that cannot be replaced.
func writeDevice(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
