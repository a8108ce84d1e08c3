package sized

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
)

// tempFolder is where temporary files go in a test.
func tempFolder(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, dir)
	}
	return dir
}

func requireEmpty(t *testing.T, dir string) {
	t.Helper()
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("%v is left behind; %v", files, err)
	}
}

// requireText fails unless a reader has the text, and knows its length.
func requireText(t *testing.T, r *Reader, want string) {
	t.Helper()
	got, err := io.ReadAll(r)
	if err != nil || string(got) != want || r.Size != int64(len(want)) {
		t.Errorf("%d bytes, said to be %d, want %d; error %v", len(got), r.Size, len(want), err)
	}
}

// pipe is what tells nothing of its length.
type pipe struct{ io.Reader }

// What tells how much it has left is read as it is.
func TestKnownLengths(t *testing.T) {
	tempFolder(t)
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("a text"), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	inFS, err := fstest.MapFS{"file": {Data: []byte("a text")}}.Open("file")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{
		"strings.Reader": strings.NewReader("a text"),
		"bytes.Buffer":   bytes.NewBufferString("a text"),
		"os.File":        file,
		"fs.File":        inFS,
		"io.Seeker":      struct{ io.ReadSeeker }{strings.NewReader("a text")},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := io.CopyN(io.Discard, r, 2); err != nil {
				t.Fatal(err)
			}
			got, err := New(r, 3)
			if err != nil {
				t.Fatal(err)
			}
			if got.Reader != r {
				t.Error("it is copied")
			}
			requireText(t, got, "text")
			if err := got.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What does not tell is copied, up to a limit, and leaves nothing behind.
func TestUnknownLengths(t *testing.T) {
	dir := tempFolder(t)
	text := strings.Repeat("0123456789abcdef", 3*inMemory/16)
	for _, length := range []int{0, 10, inMemory - 1, inMemory, inMemory + 1, 2 * inMemory} {
		for _, most := range []int{length, length + 1, len(text)} {
			got, err := New(pipe{strings.NewReader(text[:length])}, int64(most))
			if err != nil {
				t.Fatal(err)
			}
			requireText(t, got, text[:length])
			if inFile := got.temp != nil; inFile != (length >= inMemory) {
				t.Errorf("%d bytes: in a file: %t", length, inFile)
			}
			if err := got.Close(); err != nil {
				t.Error(err)
			}
		}
		got, err := New(pipe{strings.NewReader(text)}, int64(length))
		if err != nil {
			t.Fatal(err)
		}
		requireText(t, got, text[:length])
		got.Close()
	}
	requireEmpty(t, dir)
}

// Named and other pipes are files, but do not know their length.
func TestPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.WriteString("a text")
	w.Close()
	got, err := New(r, 100)
	if err != nil {
		t.Fatal(err)
	}
	requireText(t, got, "a text")
}

func TestErrors(t *testing.T) {
	dir := tempFolder(t)
	broken := errors.New("broken")
	for _, length := range []int{0, 2 * inMemory} {
		r := io.MultiReader(strings.NewReader(strings.Repeat("a", length)), iotest.ErrReader(broken))
		if _, err := New(r, 3*inMemory); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: error %v", length, err)
		}
	}
	requireEmpty(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := New(pipe{strings.NewReader(strings.Repeat("a", inMemory))}, 2*inMemory); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), dir) {
		t.Errorf("no folder for temporary files: error %v", err)
	}
}
