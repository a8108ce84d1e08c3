package mnist

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestReadDirKnowsTheNamesInUse(t *testing.T) {
	small := smallFolder()
	emnist := small.renamed("train", "emnist-letters-train", "t10k", "emnist-letters-test")
	for _, test := range []struct {
		name  string
		files folder
	}{
		{"MNIST", small},
		{"MNIST gzipped", small.gzipped(t)},
		{"dots", small.renamed("-idx", ".idx")},
		{"dots gzipped", small.renamed("-idx", ".idx").gzipped(t)},
		{"EMNIST", emnist},
		{"EMNIST gzipped", emnist.gzipped(t)},
		{"prefix with t10k", small.renamed("train", "my-train", "t10k", "my-t10k")},
		{"prefix with a pattern in it", small.renamed("train", "[*]-train", "t10k", "[*]-t10k")},
		{"plain before gzipped", small.with(trainX+".gz", []byte("not read"))},
		{"other files", small.with("README", nil).with("train-images.txt", nil)},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := readFS(test.files.fs())
			if err != nil {
				t.Fatal(err)
			}
			checkSmall(t, d)
		})
	}
}

func TestReadDirSkipsFoldersOfTheSameName(t *testing.T) {
	fsys := smallFolder().renamed("-idx", ".idx").fs()
	fsys[trainX] = &fstest.MapFile{Mode: fs.ModeDir | 0o555}
	d, err := readFS(fsys)
	if err != nil {
		t.Fatal(err)
	}
	checkSmall(t, d)
}

func TestReadDirCountsClasses(t *testing.T) {
	for _, test := range []struct {
		labels  []uint8
		classes int
	}{
		{[]uint8{0, 0, 0, 0}, 1},
		{[]uint8{0, 2, 1, 2}, 3},
		{[]uint8{26, 0, 1, 2}, 27},
		{[]uint8{0, 255, 1, 2}, 256},
	} {
		f := smallFolder().with(trainY, labelFile(test.labels...)).with(testY, labelFile(0, 0))
		d, err := readFS(f.fs())
		if err != nil {
			t.Fatal(err)
		}
		if d.Classes != test.classes {
			t.Errorf("labels %d: %d classes, want %d", test.labels, d.Classes, test.classes)
		}
	}
}

func TestReadDirReadsAFolder(t *testing.T) {
	dir := t.TempDir()
	for name, data := range smallFolder() {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	checkSmall(t, d)
}

func TestReadDirNamesAFolderItCannotRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, dir string
		want      error // nil if it depends on the system
	}{
		{"missing", filepath.Join(dir, "missing"), fs.ErrNotExist},
		{"empty", dir, fs.ErrNotExist},
		{"a file", file, nil},
		{"no name", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadDir(test.dir)
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Fatalf("error %v, want %v", err, test.want)
			}
			if !strings.Contains(err.Error(), test.dir) {
				t.Errorf("error %q does not name the folder", err)
			}
			if strings.Contains(err.Error(), " .:") {
				t.Errorf("error %q names the folder . too", err)
			}
		})
	}
}
