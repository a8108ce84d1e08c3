//go:build (linux || darwin) && (amd64 || arm64)

package bench

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// A library is a C library with a product of float32 matrices.
type library struct {
	name    string
	files   []string // its usual names; * stands for any text
	sgemm   string   // the function
	prepare func(sgemm uintptr, p product) *call
	openMP  bool     // its threads are those of OpenMP
	before  []string // what has to be loaded first, for all to see
	version func(handle uintptr) string
}

// libraries are loaded in this order: MKL, whose parts are visible to all, must
// come when the others are bound to their own symbols.
var libraries = []library{
	{name: "openblas", files: []string{"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"},
		sgemm: "sgemm_", prepare: callFortran, version: textOf("openblas_get_config")},
	{name: "blis", files: []string{"libblis.so.4", "libblis.so", "libblis.dylib"},
		sgemm: "sgemm_", prepare: callFortran, version: textOf("bli_info_get_version_str")},
	{name: "onednn", files: []string{"libdnnl.so.3", "libdnnl.so.3.*", "libdnnl.so", "libdnnl.dylib"},
		sgemm: "dnnl_sgemm", prepare: callDNNL, version: dnnlVersion, openMP: true},
	{name: "mkl", files: []string{"libmkl_rt.so.2", "libmkl_rt.so", "libmkl_rt.dylib"},
		sgemm: "sgemm_", prepare: callFortran, version: mklVersion, openMP: true,
		before: []string{"core", "gnu_thread", "intel_lp64"}},
}

// folders are where libraries lie, beside those that the loader searches.
var folders = []string{
	"/usr/local/lib", "/usr/lib/*-linux-gnu", "/usr/lib/*-linux-gnu/*", "/usr/lib64", "/usr/lib",
	"/opt/intel/oneapi/mkl/latest/lib", "/opt/intel/oneapi/dnnl/latest/lib", "/opt/homebrew/lib", "/opt/homebrew/opt/*/lib",
}

func libraryNames() (names []string) {
	for _, lib := range libraries {
		names = append(names, lib.name)
	}
	return names
}

// threadKey says who share a thread: those with OpenMP, which has a pool for each
// thread and spins no longer once the pools together outnumber the processors.
// The others have one each, since OpenMP binds its own.
func threadKey(name string) string {
	if i := slices.Index(libraryNames(), name); i >= 0 && libraries[i].openMP {
		return "OpenMP"
	}
	return name
}

// setEnvironment sets what the libraries will read: C does not see os.Setenv. An
// empty value unsets.
func setEnvironment(env map[string]string) {
	var setenv func(key, value string, overwrite int32) int32
	var unsetenv func(key string) int32
	purego.RegisterLibFunc(&setenv, purego.RTLD_DEFAULT, "setenv")
	purego.RegisterLibFunc(&unsetenv, purego.RTLD_DEFAULT, "unsetenv")
	for key, value := range env {
		if value == "" {
			unsetenv(key)
		} else {
			setenv(key, value, 1)
		}
	}
}

// openLibrary makes a contestant of the library of that name, at a path or, if
// it is empty, in one of the usual places.
func openLibrary(name, path string) (*contestant, error) {
	lib := libraries[slices.Index(libraryNames(), name)]
	files := []string{path}
	if path == "" {
		files = lib.candidates()
	}
	handle, file := lib.load(files)
	if handle == 0 {
		return nil, fmt.Errorf("%w: %s", errNotFound, lib.name)
	}
	sgemm, err := purego.Dlsym(handle, lib.sgemm)
	if err != nil {
		return nil, err
	}
	origin, err := originOf(sgemm)
	if err != nil {
		return nil, err
	}
	if stem, _, _ := strings.Cut(filepath.Base(file), "."); !strings.HasPrefix(filepath.Base(origin), stem) {
		return nil, fmt.Errorf("%s of %s is in fact that of %s", lib.sgemm, file, origin)
	}
	return &contestant{
		name: name, about: lib.version(handle) + ", " + origin,
		prepare: func(p product) func() { return lib.prepare(sgemm, p).run },
	}, nil
}

func (lib library) candidates() (files []string) {
	for _, file := range lib.files {
		if !strings.Contains(file, "*") {
			files = append(files, file)
		}
	}
	for _, folder := range folders {
		for _, file := range lib.files {
			matches, _ := filepath.Glob(filepath.Join(folder, file)) // the patterns are right
			files = append(files, matches...)
		}
	}
	return files
}

// load loads the first of the files that can be.
func (lib library) load(files []string) (handle uintptr, file string) {
	for _, file := range files {
		mode := purego.RTLD_NOW | purego.RTLD_LOCAL
		if lib.before != nil {
			mode = purego.RTLD_LAZY | purego.RTLD_GLOBAL // the parts need each other
			purego.Dlopen("libgomp.so.1", mode)
			for _, part := range lib.before {
				purego.Dlopen(strings.Replace(file, "mkl_rt", "mkl_"+part, 1), mode)
			}
		}
		if handle, err := purego.Dlopen(file, mode); err == nil {
			return handle, file
		}
	}
	return 0, ""
}

// originOf returns the file that an address of C belongs to.
func originOf(symbol uintptr) (string, error) {
	var info struct {
		file          *byte
		base          uintptr
		name          *byte
		addressOfName uintptr
	}
	var dladdr func(symbol, info uintptr) int32
	purego.RegisterLibFunc(&dladdr, purego.RTLD_DEFAULT, "dladdr")
	if dladdr(symbol, address(&info)) == 0 {
		return "", errors.New("dladdr does not know where a function comes from")
	}
	return unix.BytePtrToString(info.file), nil
}

// textOf returns the version that a C function without arguments returns.
func textOf(function string) func(handle uintptr) string {
	return func(handle uintptr) string {
		var text func() string
		purego.RegisterLibFunc(&text, handle, function)
		return text()
	}
}

func dnnlVersion(handle uintptr) string {
	var version func() *struct{ Major, Minor, Patch int32 }
	purego.RegisterLibFunc(&version, handle, "dnnl_version")
	v := version()
	return fmt.Sprintf("oneDNN %d.%d.%d", v.Major, v.Minor, v.Patch)
}

func mklVersion(handle uintptr) string {
	var version func(text *byte, size int32)
	purego.RegisterLibFunc(&version, handle, "MKL_Get_Version_String")
	var text [200]byte
	version(&text[0], int32(len(text)))
	return strings.TrimRight(unix.BytePtrToString(&text[0]), " ")
}
