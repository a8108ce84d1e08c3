//go:build (linux || darwin) && (amd64 || arm64)

package bench

import (
	"errors"
	"math"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/ebitengine/purego"
)

func hideLibraries(t *testing.T) {
	before := libraries
	t.Cleanup(func() { libraries = before })
	libraries = nil
	for _, lib := range before {
		lib.files = []string{"no-such-library.so"}
		libraries = append(libraries, lib)
	}
}

// openLibm opens the library of C's mathematical functions.
func openLibm(t *testing.T) (handle uintptr, file string) {
	file = "libm.so.6"
	if runtime.GOOS == "darwin" {
		file = "/usr/lib/libSystem.B.dylib"
	}
	handle, err := purego.Dlopen(file, purego.RTLD_NOW)
	if err != nil {
		t.Skip("needs a C library that can be loaded: ", err)
	}
	return handle, file
}

// Integers, addresses and floats reach C, and results come back.
func TestCall(t *testing.T) {
	libm, _ := openLibm(t)
	ldexpf, err := purego.Dlsym(libm, "ldexpf")
	if err != nil {
		t.Fatal(err)
	}
	c := newCall(ldexpf, []uintptr{4}, []float32{1.5})
	for range 2 {
		c.run()
		if got := math.Float32frombits(uint32(c.result.floats[0])); got != 24 {
			t.Errorf("1.5·2⁴ = %v", got)
		}
	}
	strtol, err := purego.Dlsym(purego.RTLD_DEFAULT, "strtol")
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("0x10\x00")
	c = newCall(strtol, []uintptr{address(&text[0]), 0, 16}, nil, text)
	if c.run(); c.result.words[0] != 16 {
		t.Errorf("strtol: %d, want 16", c.result.words[0])
	}
}

func TestOriginOfAFunction(t *testing.T) {
	libm, file := openLibm(t)
	ldexpf, err := purego.Dlsym(libm, "ldexpf")
	if err != nil {
		t.Fatal(err)
	}
	if origin, err := originOf(ldexpf); err != nil || runtime.GOOS == "linux" && filepath.Base(origin) != file {
		t.Errorf("ldexpf is said to be of %s, error %v", origin, err)
	}
	if _, err := originOf(1); err == nil {
		t.Error("there is something at address 1")
	}
}

// A library that cannot multiply matrices is not one that is not there.
func TestOtherLibrary(t *testing.T) {
	_, file := openLibm(t)
	for _, name := range libraryNames() {
		if _, err := openLibrary(name, file); err == nil || errors.Is(err, errNotFound) {
			t.Errorf("%s from %s: error %v", name, file, err)
		}
	}
	if _, err := openLibrary("blis", "no-such-library.so"); !errors.Is(err, errNotFound) {
		t.Errorf("no file: error %v", err)
	}
}

// What setEnvironment sets is there for C, and what it unsets is not.
func TestSetEnvironment(t *testing.T) {
	var getenv func(key string) string
	purego.RegisterLibFunc(&getenv, purego.RTLD_DEFAULT, "getenv")
	for _, value := range []string{"one", "two", ""} {
		setEnvironment(map[string]string{"BENCH_TEST": value})
		if got := getenv("BENCH_TEST"); got != value {
			t.Errorf("C reads %q, want %q", got, value)
		}
	}
}
