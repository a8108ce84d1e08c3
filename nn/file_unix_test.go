//go:build unix

package nn

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestNewFilesHaveTheModeOfTheUmask(t *testing.T) {
	for umask, want := range map[int]os.FileMode{0o022: 0o644, 0o077: 0o600, 0o002: 0o664} {
		path := filepath.Join(t.TempDir(), "model")
		old := syscall.Umask(umask)
		err := writeFile(path, writeText("x", nil))
		syscall.Umask(old)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("umask %#o: mode %v, want %v", umask, got, want)
		}
	}
}
