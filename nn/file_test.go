package nn

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var errBroken = errors.New("broken")

// writeText writes a text, then fails with err, if it is not nil.
func writeText(text string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		_, writeErr := io.WriteString(w, text)
		return firstError(writeErr, err)
	}
}

func requireText(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s has %q (%v), want %q", filepath.Base(path), got, err, want)
	}
}

// requireFiles fails unless the folder has files of these names alone, hidden
// ones included.
func requireFiles(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the folder has %q, want %q", got, names)
	}
}

func TestWriteFileReplacesTheFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "model")
	for _, text := range []string{"first, a long one", "second"} {
		if err := writeFile(path, writeText(text, nil)); err != nil {
			t.Fatal(err)
		}
		requireText(t, path, text)
		requireFiles(t, folder, "model")
	}
}

// A name may be as long as the file system has it.
func TestWriteFileOfLongName(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{strings.Repeat("n", 255), strings.Repeat("é", 127)} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Skipf("no names as long as that: %v", err)
		}
		if err := writeFile(path, writeText("text", nil)); err != nil {
			t.Error(err)
		}
		requireText(t, path, "text")
		requireFiles(t, folder, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFailedWriteFileChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "model")
	if err := writeFile(path, writeText("half a", errBroken)); err != errBroken {
		t.Errorf("new file: %v", err)
	}
	requireFiles(t, folder)

	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, writeText("half a", errBroken)); err != errBroken {
		t.Errorf("old file: %v", err)
	}
	requireText(t, path, "old")
	requireFiles(t, folder, "model")
}

// The file is there under its name only once it is complete.
func TestWriteFileShowsNoHalfFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := writeFile(path, func(w io.Writer) error {
		if err := writeText("new", nil)(w); err != nil {
			return err
		}
		requireText(t, path, "old")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	requireText(t, path, "new")
}

func TestWriteFileWhereThereIsNoFolder(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{filepath.Join(folder, "none", "model"), folder} {
		if err := writeFile(path, writeText("x", nil)); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	requireFiles(t, folder)
}

func TestWriteFileKeepsPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	path := filepath.Join(t.TempDir(), "model")
	for _, want := range []os.FileMode{0o644, 0o600, 0o664} {
		if want != 0o644 { // what a new file has
			if err := os.Chmod(path, want); err != nil {
				t.Fatal(err)
			}
		}
		if err := writeFile(path, writeText("x", nil)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("mode %v, want %v", got, want)
		}
	}
}

func TestWriteFileWritesThroughSymlinks(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	target, link := filepath.Join(elsewhere, "target"), filepath.Join(folder, "link")
	if err := os.WriteFile(target, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip("needs a symbolic link, which Windows lets few users make: ", err)
	}
	if err := writeFile(link, writeText("new", nil)); err != nil {
		t.Fatal(err)
	}
	requireText(t, target, "new")
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link leads to %q (%v), want %q", to, err, target)
	}
	requireFiles(t, elsewhere, "target")
	requireFiles(t, folder, "link")
}

// What is no regular file is written to, not replaced.
func TestWriteFileToAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	path := fmt.Sprintf("/proc/self/fd/%d", w.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("needs a pipe with a path: ", err)
	}
	err = writeFile(path, writeText("text", nil))
	w.Close()
	if got, _ := io.ReadAll(r); err != nil || string(got) != "text" {
		t.Errorf("read %q (%v)", got, err)
	}
}

// Not by writeFile, which could replace the device if it were wrong.
func TestWriteDeviceReportsErrors(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skip("needs a device that is always full: ", err)
	}
	if err := writeDevice(full, writeText("text", nil)); err == nil {
		t.Error("no error")
	}
	if err := writeDevice("/dev/null", writeText("text", errBroken)); err != errBroken {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

func TestFilesOfModelsAndTrainers(t *testing.T) {
	folder := t.TempDir()
	m, err := NewSequential(2, 1, Dense{Units: 1})
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := NewTrainer(m, Config{Loss: MeanSquaredError})
	if err != nil {
		t.Fatal(err)
	}
	defer trainer.Close()
	for name, save := range map[string]func(string) error{"model": m.SaveFile, "trainer": trainer.SaveFile} {
		path := filepath.Join(folder, name)
		if err := save(path); err != nil {
			t.Fatal(err)
		}
		if got, err := LoadFile(path); err != nil || got.SHA256() != m.SHA256() {
			t.Errorf("%s: loaded another model (%v)", name, err)
		}
	}
}
