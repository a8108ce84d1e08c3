package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mnist-fast/mnist-fast/nn"
)

// Weights in another file must be in it, and the file in the folder.
func TestExternalWeights(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "models")
	data := counted("w", 2, 2)
	data = data[len(data)-16:]
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(folder, "w.bin"), filepath.Join(dir, "out.bin")} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../out.bin", filepath.Join(folder, "link")); err != nil {
		t.Log(err) // "link" is an error all the same
	}
	weights := func(name, location, offset, length string) piece {
		b := floatData(name, tensorExternalData, float32Type, entryMessage("location", location), 2, 2)
		if offset != "" {
			b.message(tensorExternalData, entryMessage("offset", offset))
		}
		if length != "" {
			b.message(tensorExternalData, entryMessage("length", length))
		}
		return constant(b)
	}
	one := op("MatMul x w -> y")
	for name, test := range map[string]struct {
		parts []piece
		about string
	}{
		"whole":            {[]piece{weights("w", "w.bin", "", ""), one}, ""},
		"part":             {[]piece{weights("w", "w.bin", "0", "16"), one}, ""},
		"offset":           {[]piece{weights("w", "w.bin", "4", ""), one}, "3 numbers"},
		"too long":         {[]piece{weights("w", "w.bin", "4", "16"), one}, "the file has 16"},
		"huge":             {[]piece{weights("w", "w.bin", "4", "9223372036854775807"), one}, "the file has 16"},
		"negative":         {[]piece{weights("w", "w.bin", "-1", ""), one}, "the file has 16"},
		"not a number":     {[]piece{weights("w", "w.bin", "x", ""), one}, "invalid syntax"},
		"missing":          {[]piece{weights("w", "v.bin", "", ""), one}, "v.bin"},
		"folder":           {[]piece{weights("w", ".", "", ""), one}, "not a file"},
		"outside":          {[]piece{weights("w", "../out.bin", "", ""), one}, "escapes"},
		"absolute":         {[]piece{weights("w", filepath.Join(dir, "out.bin"), "", ""), one}, "escapes"},
		"link to outside":  {[]piece{weights("w", "link", "", ""), one}, "link"},
		"another name":     {[]piece{weights("w", "w.bin", "", ""), weights("v", "./w.bin", "", ""), op("MatMul x w -> m"), op("MatMul m v -> y")}, "overlap"},
		"the same for two": {[]piece{weights("w", "w.bin", "", ""), weights("v", "w.bin", "", ""), op("MatMul x w -> m"), op("MatMul m v -> y")}, "overlap"},
	} {
		path := filepath.Join(folder, "m.onnx")
		if err := os.WriteFile(path, file(test.parts...), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ImportFile(path)
		if test.about == "" && err != nil || test.about != "" && (!errors.Is(err, nn.ErrFormat) || !strings.Contains(err.Error(), test.about)) {
			t.Errorf("%s: error %v, want one about %q", name, err, test.about)
		}
	}
}
